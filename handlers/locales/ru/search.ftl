# Searching the archive, here and from other chats.

command-search = найти статьи по словам
search-how = Напишите, что искать: /search выборы Франция
search-found = { $count ->
    [one] **Нашлась { $count } статья: { $words }**
    [few] **Нашлось { $count } статьи: { $words }**
   *[other] **Нашлось { $count } статей: { $words }**
}
search-none = По словам «{ $words }» ничего не нашлось. Попробуйте меньше слов или другую форму, или выберите тему: /tags
search-stale = Этот поиск я уже забыл. Повторите: /search и слова
inline-follow = Подписаться: { $tag }
inline-open = Открыть чат с ботом
inline-nothing = Ничего не нашлось. Открыть чат с ботом
inline-subscribe = Подписаться: { $tag }
inline-week = { $count ->
    [one] { $count } статья за неделю
    [few] { $count } статьи за неделю
   *[other] { $count } статей за неделю
}

## Help in groups

help-group = Что получает группа, решают её администраторы. Свои подписки заведите в личной переписке со мной.
help-group-admin = Вы решаете, что получает эта группа. Остальные её участники могут только читать списки и искать.
