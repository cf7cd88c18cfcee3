# Как будет выглядеть пост.

command-preview = показать посты статьи
shown = **{ $channel }**: { $length } из { $limit } знаков, { $slot }
shown-at-once = выйдет сразу
shown-cut = – сокращено: { $what }
shown-not-here = – сюда не попадёт: { $why }
shown-above = – ответом на пост { $post }
shown-card-good = – карточка ссылки в порядке
shown-card-poor = – карточка ссылки: { $why }
shown-how = Пришлите адрес статьи: /preview https://example.org/article
shown-unknown = Такой статьи я не знаю. Пришлите её адрес целиком.
shown-no-channels = В настройках ещё нет каналов: показывать негде.
