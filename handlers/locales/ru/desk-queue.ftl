# Очередь в руках редакторов.

queue-heading = { $pages ->
    [1] **{ $count ->
        [one] Ждёт { $count } статья
        [few] Ждут { $count } статьи
       *[other] Ждут { $count } статей
    }**
   *[other] **Ждут статей: { $count }**, страница { $page } из { $pages }
}
queue-empty = Ничего не ждёт. Как дела у источников: /status
queue-entry = { $number }. **{ $time }** { $channel }
queue-shown = Показано
queue-gone = Эта статья больше не ждёт: вышла или пропущена. Что ждёт: /queue
queue-old = Кто-то успел раньше, или кнопка устарела. Сейчас так.
queue-not-yours = Этот канал не в ваших руках. Кто может помочь: владелец.
queue-result = { $result ->
    [same] Так уже и есть.
    [taken] Занято: { $who }.
    [gone] Эта статья больше не ждёт.
   *[old] Кто-то успел раньше. Сейчас так.
}
queue-done = { $verb ->
    [up] Поднято: { $by }.
    [down] Опущено: { $by }.
    [hold] Придержано: { $by }.
    [release] Отпущено: { $by }.
    [skip] Будет пропущено через 10 секунд: { $by }.
    [now] Выйдет через 10 секунд: { $by }.
    [undo] Отменено: { $by }.
    [at] Время назначено: { $by }.
    [embargo] Эмбарго: { $by }.
    [silent] Теперь без звука: { $by }.
    [loud] Теперь со звуком: { $by }.
    [pin] Будет закреплено: { $by }.
    [unpin] Не будет закреплено: { $by }.
    [words] Новые слова: { $by }.
    [take] Занимается: { $by }.
    [leave] Больше не занимается: { $by }.
    [approve] Одобрено: { $by }.
   *[reject] Отклонено: { $by }.
}
card-goes = **{ $channel }**: { $time } ({ $why })
card-waits = **{ $channel }**: времени пока нет
card-held = Придержано: { $who }
card-drops = Вот-вот будет пропущено
card-now = Вот-вот выйдет
card-embargo = Не раньше { $time }
card-draft = Черновик: одобрений { $have } из { $need }
card-taken = Занимается: { $who }
card-silent = Без звука
card-pinned = Будет закреплено
card-edited = Словами редакторов
verb = { $verb ->
    [up] ▲
    [down] ▼
    [hold] Придержать
    [release] Отпустить
    [skip] Пропустить
    [now] Сейчас
    [undo] Отменить
    [time] Время
    [to] Канал
    [edit] Слова
    [more] Ещё
    [view] Показать
    [silent] Без звука
    [loud] Со звуком
    [pin] Закрепить
    [unpin] Не закреплять
    [take] Беру
    [leave] Отдаю
    [approve] Одобрить
   *[why] Отклонить
}
button-queue = Очередь
button-back = Назад
time-how = Когда? Своими словами: /hold { $key } 18:30, и раньше не выйдет.
when = { $kind ->
    [hour] Через час
    [hours] Через 3 часа
    [evening] В 18:00
   *[morning] Завтра в 9:00
}
not-before = { $kind ->
    [hours] Не раньше чем через 3 часа
   *[morning] Не раньше завтра 9:00
}
when-usual = В свою очередь
channel-which = В какой канал вместо этого?
channel-none = Других каналов в ваших руках нет.
moved-to = перенесено в { $channel }
reject-why = Почему? Своими словами: /reject { $key } и причина.
reason = { $reason ->
    [duplicate] повтор
    [topic] не наша тема
    [facts] надо проверить факты
   *[later] рано
}
queue-edit-how = Ответьте на это сообщение новым лидом или начните строку со слова «заголовок:». Или так: /edit { $key } заголовок: …
edit-how = Например: /edit КЛЮЧ заголовок: Новый заголовок, или /edit КЛЮЧ wall лид: Новый лид для одного канала. Ключи на карточках в /queue
edit-length = Заголовок: до { $headline } знаков и не пустой, лид: до { $lead }.
moment-how = Время, например 18:30, завтра 9:00 или +2ч
order-how = Укажите статью: /{ $command } и её ключ, адрес или id. Что ждёт: /queue
draft-none = Это не черновик: решать нечего.
command-hold = придержать статью, можно до времени
command-skip = пропустить статью
command-edit = новые слова для статьи
command-approve = одобрить черновик; без имени: все черновики
command-reject = отклонить черновик
