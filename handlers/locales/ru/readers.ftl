# What readers are told. **Stars** make a run bold. One thought a sentence, and what to do next.

## Greeting

hello = Здравствуйте!
welcome =
    Здравствуйте! Я присылаю новые статьи по темам, которые вы выберете.
    Подпишитесь на теги, и каждая статья с ними придёт сюда.
welcome-choose = Нажмите на тег или напишите свой: /subscribe Наука, Сады
tags-none = Популярных тегов пока нет. Напишите свой: /subscribe Наука
not-understood =
    Не понимаю. Я знаю только команды, например: { $platform ->
        [vk] «подписаться Наука» или «поиск поезда».
       *[other] /subscribe Наука или /search поезда
    }
    Выберите теги: /tags
    Посмотрите всё, что я умею: /help
failed = Что-то сломалось, мы уже знаем. Попробуйте ещё раз чуть позже.

## Help

help = **Что я умею**
help-line = /{ $command } — { $description }
help-admin = **Для администраторов**
help-hint = { $platform ->
    [vk] { $private ->
        [1] Слэш можно не писать: «подписаться Наука & !спорт», «поиск поезда», «мои теги», «помощь».
       *[0] Например: /подписаться Наука & !спорт. Вместо слэша можно обратиться ко мне по имени сообщества.
    }
   *[other] Например: /subscribe Наука, Франция & !спорт. Или напишите в любом чате @ и моё имя, чтобы поделиться статьёй.
}
command-start = начать сначала
command-help = что я умею
command-tags = все темы: частые, по алфавиту, страны, издания
command-subscribe = подписаться: тег или запрос
command-unsubscribe = отписаться
command-mytags = мои подписки
command-latest = последние статьи, можно по тегу
command-language = на каком языке говорить: русский или английский
command-export = всё, что я о вас храню, файлом
command-forget = стереть всё, что я о вас храню
command-status = состояние бота
command-queue = что выйдет за сутки
command-now = выпустить следующую статью сейчас
command-why = что стало со статьёй и почему
command-unconfirmed = посты без подтверждения
command-retract = отозвать статью отовсюду

## Buttons

button-tags = Теги
button-help = Помощь
button-drop = ✕ { $tag }
button-stop = Отписаться: { $tag }
button-drop-all = Отписаться от всего
button-follow = Подписаться: { $tag }
button-forget = Да, стереть
button-retract = Да, отозвать
button-keep = Нет, оставить
button-stale = Эта кнопка устарела. Откройте список заново: /tags
page = Страница { $page } из { $pages }

## Tags

quoted-tag = «{ $tag }»
mytags = { $count ->
    [one] **У вас { $count } подписка:** { $tags }.
    [few] **У вас { $count } подписки:** { $tags }.
   *[other] **У вас { $count } подписок:** { $tags }.
}
mytags-drop = Нажмите на подписку, чтобы отписаться. Добавить ещё: /subscribe Наука
mytags-way = { $kind ->
    [hourly] раз в час
    [weekly] раз в неделю
   *[other] раз в день
}
mytags-rests = молчит до { $until }
mytags-none = Подписок пока нет. Выберите тег или напишите свой: /subscribe Наука

## Subscribing

subscribe-how = Напишите теги через запятую: /subscribe Наука, Сады
subscribed = { $what ->
    [query] Готово! Вы подписаны на запрос **{ $tags }**. Новые статьи придут сюда.
    [names] Готово! Вы подписаны: **{ $tags }**. Новые статьи придут сюда.
    [tag] Готово! Вы подписаны на тег **{ $tags }**. Новые статьи придут сюда.
   *[tags] Готово! Вы подписаны на теги: **{ $tags }**. Новые статьи придут сюда.
}
subscribed-already = Это у вас уже было: { $tags }.
subscribed-notice = Подписка есть
subscribed-notice-not = Без изменений
tag-too-long = Тег должен быть не длиннее { $limit ->
    [one] { $limit } знака
   *[other] { $limit } знаков
}. Напишите короче.
tags-limit = Больше { $limit ->
    [one] { $limit } подписки
   *[other] { $limit } подписок
} хранить не могу, поэтому не добавил: { $tags }. Уберите лишние: /unsubscribe
unsubscribed = Готово! Вы больше не подписаны: **{ $tags }**.
unsubscribed-not = На это вы и не подписаны: { $tags }.
unsubscribed-notice = Подписки нет

subscriptions-off = Подписки сейчас выключены. Новые статьи выходят в канале, а последние покажу здесь: /latest

## Reading

because = { $count ->
    [one] По вашей подписке { $tags }
   *[other] По вашим подпискам { $tags }
}
latest = **Последние статьи**
latest-tag = **Последние статьи с тегом «{ $tag }»**
latest-query = **Последние статьи по запросу «{ $tag }»**
latest-none-query = По запросу «{ $tag }» статей пока нет. Подпишитесь, и первая придёт сюда, или выберите тег.
latest-none = Статей пока нет. Загляните чуть позже.
latest-none-tag = Статей с тегом «{ $tag }» пока нет. Подпишитесь, и первая придёт сюда, или выберите другой тег.
moment = { $day } { $month ->
    [1] января
    [2] февраля
    [3] марта
    [4] апреля
    [5] мая
    [6] июня
    [7] июля
    [8] августа
    [9] сентября
    [10] октября
    [11] ноября
   *[12] декабря
}, { $hour }

## Language and data

language-name = Русский
language-choose = На каком языке говорить? Нажмите или напишите: /language русский
language-set = Теперь я говорю по-русски. Что я умею: /help
language-set-notice = Говорю по-русски
forget-ask = { $count ->
    [0] Стереть всё, что я о вас храню?
    [one] Стереть всё, что я о вас храню, и { $count } подписку?
    [few] Стереть всё, что я о вас храню, и { $count } подписки?
   *[other] Стереть всё, что я о вас храню, и { $count } подписок?
} Вернуть будет нельзя.
forgotten = Всё стёрто. Захотите вернуться — напишите /start
forgotten-notice = Стёрто
forget-not = Хорошо, всё осталось как было.
forget-not-notice = Ничего не стёрто
