# Что админы читают об источниках: /sources.

command-sources = как идут источники; добавить, проверить, остановить
sources = { $count ->
    [one] **{ $count } источник**
    [few] **{ $count } источника**
   *[other] **{ $count } источников**
}
sources-line = { $how ->
    [paused] ⏸ **{ $name }**: на паузе, прочитан { $succeeded }
    [failing] ✕ **{ $name }**: не читается, прочитан { $succeeded }, следующая попытка { $next }
    [unread] · **{ $name }**: ещё не прочитан, очередь в { $next }
   *[fine] ✓ **{ $name }**: прочитан { $succeeded }, следующий раз { $next }
}{ $added ->
    [yes] { " " }(добавлен здесь)
   *[no] { "" }
}
sources-rate = обычно статья раз в { $rate }
sources-error = { $error } (подряд: { $failures })
sources-more = …и ещё { $count }
sources-none = Источников пока нет. Добавить: /sources add ИМЯ АДРЕС
sources-how = /sources add ИМЯ АДРЕС, /sources test АДРЕС, /sources pause ИМЯ, /sources resume ИМЯ, /sources remove ИМЯ
sources-add-how = Назовите имя и адрес, например: /sources add gazeta https://example.org/rss
sources-test-how = Назовите адрес ленты или страницы, например: /sources test https://example.org/rss
sources-owners = Менять источники могут только владельцы. Как они сейчас: /sources
sources-unreadable = Это не читается, поэтому ничего не изменилось. { $error }
sources-trial = { $count ->
    [0] Лента читается, но статей в ней сейчас нет.
    [one] В ней { $count } статья. Новейшая выглядела бы так:
    [few] В ней { $count } статьи. Новейшие выглядели бы так:
   *[other] В ней { $count } статей. Новейшие выглядели бы так:
}
sources-changed = { $outcome ->
    [unknown] Источника «{ $name }» я не знаю. Все источники: /sources
    [name-taken] Источник «{ $name }» уже есть. Выберите, пожалуйста, другое имя.
    [already] Так уже и есть: ничего не изменилось.
   *[done] { $what ->
        [add] Источник **{ $name }** добавлен. То, что в нём уже есть, не публикуется; новое — публикуется.
        [pause] Источник **{ $name }** на паузе. Ничего не пропадёт: что он ещё показывает, выйдет, когда он продолжит.
        [resume] Источник **{ $name }** снова читается.
       *[remove] Источник **{ $name }** удалён. Статьи в очереди выйдут как запланировано.
    }
}
sources-done-notice = Готово
button-source-off = ⏸ { $name }
button-source-on = ▶ { $name }
sources-hours = { $count } ч
