# What admins are told. **Stars** make a run bold. One thought a sentence, and what to do next.

## Status

status = **Depeche { $version }** работает { $days ->
    [0] { $hours } ч { $minutes } мин
   *[other] { $days } д { $hours } ч { $minutes } мин
}
status-problems = **Что не так**
status-sources = **Источники**
status-source = ✓ { $name }: прочитан { $succeeded }
status-source-unread = · { $name }: ещё не читался
status-source-failing = ✕ { $name }: { $error } (подряд: { $failures }), последний успех { $succeeded }
status-more-problems = { "  " } – и ещё { $count }
status-more = …и ещё { $count }
status-channels = **Каналы**
status-channel = { $name } ({ $place }): ждут { $waiting }, следующая { $next }, последняя { $last }
status-oldest = { "   " }– старейшая из ждущих: с { $since }
status-put-off = { "   " }– { $platform } просит подождать до { $until }
status-breakers = **Предохранители:** { $count ->
    [0] все замкнуты
   *[other] { $names }
}
status-breaker = { $name }, разомкнут до { $until }
status-readers = **Читатели:** { $counts }
status-platform = { $platform ->
    [telegram] Telegram
    [vk] ВКонтакте
   *[other] { $platform }
} { $count }
status-posts = **Посты:** { $counts }
status-count = { $state } { $count }
status-unconfirmed = { $count ->
    [0] Не подтверждено: 0
   *[other] **Не подтверждено: { $count }.** Решите, что с ними: /unconfirmed
}
never = —
slot-state = { $state ->
    [claimed] отправляется
    [sent] отправлено
    [deferred] отложено
    [refused] отклонено
    [unconfirmed] не подтверждено
   *[skipped] пропущено
}

## Alerts

alert = **Что-то не так**
alert-over = **Снова в порядке**
alert-status = Как дела в целом: /status
alert-do = { $kind ->
    [store] Пока состояние нельзя записать, я ничего не публикую; потом продолжу сам.
    [moved] Поправьте это, пожалуйста, в настройках; до тех пор пересылаю по новому адресу.
    [queue] Откройте /queue: одобрите, опубликуйте или пропустите то, что ждёт, или дайте каналу больше слотов.
    [source] Пробую снова, с растущими паузами. Откройте, пожалуйста, адрес в браузере.
    [captcha] Откройте, пожалуйста, ссылку сейчас: она действует пять минут. Потом попробую снова и, если нужно, пришлю новую.
    [token] Впишите, пожалуйста, верный ключ в .env и перезапустите меня. Публикации подождут.
    [rights] Поправьте это, пожалуйста; публикации подождут и выйдут сами.
    [flood] Жду и попробую снова сам. Поможет публиковать реже.
    [network] Пробую снова. Если это надолго, проверьте, пожалуйста, сеть.
   *[other] Взгляните, пожалуйста.
}

## Queue

now-line = **{ $channel }**: { $state }
now-none = Сейчас выпускать нечего. Что в очереди: /queue

## Corrections and retractions

could-not-correct = Статья **{ $headline }** исправлена, но её пост в { $channel } отсюда изменить нельзя. Исправьте его вручную:
could-not-retract = Статья **{ $headline }** отозвана, но её пост в { $channel } отсюда удалить нельзя. Удалите его вручную:
could-not-why = Причина: { $why }
retract-how = Назовите статью: /retract, её адрес, id или ключ, и причину, если хотите.
retract-unknown = Не знаю статьи { $name }. Дайте её адрес, id или ключ; последние: /latest
retract-ask = **Отозвать эту статью отовсюду?** Вернуть будет нельзя.
retract-stands = Стоит здесь:{ " " }
retract-waits = Ждёт выхода: { $channels }.
retract-left = Убрана из очереди: { $channels }.
retract-not = Хорошо, статья остаётся.
retract-not-notice = Ничего не отозвано
retract-used = Эта кнопка уже нажата или устарела. Что со статьёй: /retract и её адрес.
retract-done = **Отозвана**: { $by }. Больше её не пришлю никому.
retract-done-notice = Отозвана
retract-fate = { $fate ->
    [removed] **Удалено:**
    [marked] **Заменено пометкой:**
    [later] **Ещё удалю без вас:**
   *[stands] **Удалить не удалось, удалите вручную:**
}
retract-line = –{ " " }
retract-readers = Сообщения читателей: { $counts }.
retract-count = { $fate ->
    [removed] удалено { $count }
    [marked] заменено пометкой { $count }
    [later] пока стоит { $count }
   *[stands] недоступно { $count }
}

## Why

why-how = Назовите статью: адрес, ключ или ссылку на пост. Например: /why https://t.me/digest/512
why-unknown = Статьи «{ $name }» я не знаю. Дайте её адрес, ключ или ссылку на пост.
story-collected = Собрана { $time } из { $source }
story-same-as = ; раньше об этом рассказал другой источник: /why { $key }
story-place = **{ $place }:**
story-due = срок { $time } ({ $why })
due-why = { $kind ->
    [slot] расписание { $schedule }
    [now] по команде /now
    [asked] по просьбе редактора
    [evergreen] пустой слот, ей можно вернуться
    [breaking] срочная новость
    [set] время назначил редактор
    [put] было отложено
   *[other] сразу
}
story-planned = выйдет { $time }
story-waiting = ждёт в очереди
story-asked-to-wait = { $platform } попросил подождать { $wait }
story-sent = отправлена { $time }
story-number = , сообщение { $number }
story-attempt = { $state ->
    [claimed] отправляется с { $time }
    [deferred] { $time } отложена до { $until }: { $reason }
    [refused] { $time } отклонена: { $reason }
    [unconfirmed] { $time } отправлена без ответа: { $reason }
   *[other] { $time } пропущена: { $reason }
}
story-readers = Читатели: { $counts }
story-nothing = Ни один канал ещё не решал о ней.
reason-found = нашлась на месте
reason-absent = на месте её точно нет
reason-not-repeated = могла дойти, поэтому не повторена
reason-repeated = могла дойти; повторена под тем же номером
reason-taken-back = тем временем статью отозвали
reason-admin-there = админ нашёл её на месте
reason-admin-again = админ попросил отправить снова
reason-admin-drop = админ решил не отправлять
seconds = { $count } с
minutes = { $count } мин
platform = { $platform ->
    [telegram] Telegram
    [vk] ВКонтакте
   *[other] { $platform }
}

## Doubts

doubt = **Не знаю, вышел ли этот пост.** Посмотрите, на месте ли он, и нажмите кнопку.
doubt-where = Решить можно в личных сообщениях со мной: /unconfirmed
button-there = Пост на месте
button-again = Отправить снова
button-leave = Не отправлять
unconfirmed = { $count ->
    [one] **{ $count } пост без подтверждения.** Посмотрите, на месте ли он.
    [few] **{ $count } поста без подтверждения.** Посмотрите, на месте ли они.
   *[other] **{ $count } постов без подтверждения.** Посмотрите, на месте ли они.
}
unconfirmed-more = …и ещё { $count }. Решите эти, и я покажу следующие.
unconfirmed-none = Всё подтверждено: решать нечего.
doubt-decided = { $choice ->
    [there] Хорошо, пост на месте.
    [again] Отправляю снова.
   *[other] Хорошо, не отправляю.
}
doubt-decided-notice = Готово
doubt-decided-before = Это уже решено. Что осталось: /unconfirmed
doubts-left = Осталось решить: { $count }. Показать: /unconfirmed
