# Sentences for readers and admins. **Stars** make a run bold. One thought a sentence, and what to do next.

## Greeting

hello = Здравствуйте!
welcome =
    Здравствуйте! Я присылаю новые статьи по темам, которые вы выберете.
    Подпишитесь на теги, и каждая статья с ними придёт сюда.
welcome-choose = Нажмите на тег или напишите свой: /subscribe Наука, Сады
tags-none = Популярных тегов пока нет. Напишите свой: /subscribe Наука
not-understood =
    Не понимаю. Я знаю только команды.
    Выберите теги: /tags
    Посмотрите всё, что я умею: /help
failed = Что-то сломалось, мы уже знаем. Попробуйте ещё раз чуть позже.
group-admins-only = В группе это делают только администраторы бота. Напишите мне лично, и подписки будут вашими.

## Help

help = **Что я умею**
help-line = /{ $command } — { $description }
help-admin = **Для администраторов**
help-hint = { $platform ->
    [vk] Слэш можно не писать: «подписаться Наука», «мои теги», «помощь».
   *[other] Например: /subscribe Наука, Сады
}
command-start = начать сначала
command-help = что я умею
command-tags = популярные теги
command-subscribe = подписаться на теги
command-unsubscribe = отписаться от тегов
command-mytags = мои подписки
command-latest = последние статьи, можно по тегу
command-language = язык: ru или en
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

tags = **Популярные теги.** Нажмите, чтобы подписаться; галочка стоит на ваших.
tag-count = { $label } · { $count }
tag-count-ticked = ✓ { $label } · { $count }
quoted-tag = «{ $tag }»
mytags = { $count ->
    [one] **У вас { $count } подписка:** { $tags }.
    [few] **У вас { $count } подписки:** { $tags }.
   *[other] **У вас { $count } подписок:** { $tags }.
}
mytags-drop = Нажмите на тег, чтобы отписаться. Добавить новый: /subscribe Наука
mytags-none = Подписок пока нет. Выберите тег или напишите свой: /subscribe Наука

## Subscribing

subscribe-how = Напишите теги через запятую: /subscribe Наука, Сады
subscribed = { $count ->
    [one] Готово! Вы подписаны на тег **{ $tags }**. Новые статьи придут сюда.
   *[other] Готово! Вы подписаны на теги: **{ $tags }**. Новые статьи придут сюда.
}
subscribed-already = { $count ->
    [one] Тег { $tags } у вас уже был.
   *[other] Эти теги у вас уже были: { $tags }.
}
subscribed-unseen = { $count ->
    [one] Тег { $tags } пока не встречался. Как только появится статья с ним, пришлю.
   *[other] Эти теги пока не встречались: { $tags }. Как только появятся статьи с ними, пришлю.
}
subscribed-notice = Подписка есть
subscribed-notice-not = Без изменений
tag-too-long = Тег должен быть не длиннее { $limit ->
    [one] { $limit } знака
   *[other] { $limit } знаков
}. Напишите короче.
tags-limit = Больше { $limit ->
    [one] { $limit } тега
   *[other] { $limit } тегов
} хранить не могу, поэтому не добавил: { $tags }. Уберите лишние: /unsubscribe
unsubscribed = { $count ->
    [one] Готово! Вы отписаны от тега **{ $tags }**.
   *[other] Готово! Вы отписаны от тегов: **{ $tags }**.
}
unsubscribed-not = { $count ->
    [one] На тег { $tags } вы и не подписаны.
   *[other] На эти теги вы и не подписаны: { $tags }.
}
unsubscribed-notice = Подписки нет

subscriptions-off = Подписки сейчас выключены. Новые статьи выходят в канале, а последние покажу здесь: /latest

## Reading

because = { $count ->
    [one] По вашему тегу { $tags }
   *[other] По вашим тегам { $tags }
}
latest = **Последние статьи**
latest-tag = **Последние статьи с тегом «{ $tag }»**
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
language-choose = На каком языке говорить? Нажмите или напишите: /language ru
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
    [source] Пробую снова, с растущими паузами. Откройте, пожалуйста, адрес в браузере.
    [captcha] Откройте, пожалуйста, ссылку сейчас: она действует пять минут. Потом попробую снова и, если нужно, пришлю новую.
    [token] Впишите, пожалуйста, верный ключ в .env и перезапустите меня. Публикации подождут.
    [rights] Поправьте это, пожалуйста; публикации подождут и выйдут сами.
    [flood] Жду и попробую снова сам. Поможет публиковать реже.
    [network] Пробую снова. Если это надолго, проверьте, пожалуйста, сеть.
   *[other] Взгляните, пожалуйста.
}

## Queue

queue = { $count ->
    [one] **За { $hours } ч выйдет { $count } статья**
    [few] **За { $hours } ч выйдут { $count } статьи**
   *[other] **За { $hours } ч выйдет { $count } статей**
}
queue-line = **{ $time }** { $channel }
queue-more = …и ещё { $count }
queue-none = За { $hours } ч ничего не запланировано. Что с источниками: /status
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
story-place = **{ $place }:**
story-due = срок { $time } ({ $why })
due-why = { $kind ->
    [slot] расписание { $schedule }
    [now] по команде /now
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
