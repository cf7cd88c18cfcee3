# When and how readers are served.

command-digest = когда присылать: сразу или подборкой
command-quiet = тихие часы: когда мне молчать
command-pause = сделать перерыв
command-resume = закончить перерыв
digest-line = { $kind ->
    [now] Сразу: { $many }
    [hourly] Каждый час: { $many }
    [weekly] Раз в неделю, { $day ->
        [0] в понедельник
        [1] во вторник
        [2] в среду
        [3] в четверг
        [4] в пятницу
        [5] в субботу
       *[other] в воскресенье
    } в { $at }: { $many }
   *[other] Каждый день в { $at }: { $many }
}
subscriptions = { $count ->
    [one] { $count } подписка
    [few] { $count } подписки
   *[other] { $count } подписок
}
digest-next = { $kind ->
    [now] Новые подписки: сразу
    [hourly] Новые подписки: каждый час
    [weekly] Новые подписки: раз в неделю, { $day ->
        [0] в понедельник
        [1] во вторник
        [2] в среду
        [3] в четверг
        [4] в пятницу
        [5] в субботу
       *[other] в воскресенье
    } в { $at }
   *[other] Новые подписки: каждый день в { $at }
}
subscribed-way = { $kind ->
    [hourly] Они придут раз в час, как вы выбрали. Изменить: /digest
    [weekly] Они придут раз в неделю, как вы выбрали. Изменить: /digest
   *[other] Они придут раз в день, как вы выбрали. Изменить: /digest
}
digest-none = Подписок пока нет: /subscribe Наука
digest-details = Часовой пояс: { $zone }; { $silent ->
    [1] без звука
   *[other] со звуком
}; { $form ->
    [headline] только заголовки
   *[other] с кратким содержанием
}{ $cap ->
    [0] .
   *[other] ; сразу не больше { $cap } в день.
}
digest-how =
    Выберите или напишите: /digest ежедневно 9:00
    Для одной подписки: /digest еженедельно пт Наука
    Ещё: /digest максимум 10, /digest пояс Берлин
digest-set = **Готово! Теперь так:**
digest-set-notice = Готово
digest-wrong = { $about ->
    [cap] Сколько статей в день присылать сразу? Напишите число от 1 до { $most }: /digest максимум 10
    [zone] Такого часового пояса я не знаю. Напишите город или сдвиг: /digest пояс Берлин или /digest пояс UTC+3
   *[time] Такого времени нет. Напишите, например: /digest ежедневно 9:00
}
digest-not-subscribed = Не понимаю «{ $tag }»: такой подписки у вас нет. Ваши подписки: /mytags
button-way = { $kind ->
    [now] Сразу
    [hourly] Каждый час
    [weekly] Раз в неделю
   *[other] Раз в день
}
button-sound = { $silent ->
    [1] Со звуком
   *[other] Без звука
}
button-form = { $form ->
    [headline] Только заголовки
   *[other] С кратким содержанием
}
quiet-how = В тихие часы я молчу, а потом присылаю всё сразу. Напишите, когда: /quiet 22:00-07:00
quiet-wrong = Не понимаю, с какого часа до какого молчать. Напишите, например: /quiet 22:00-07:00
quiet-is = Тихие часы: с { $start } до { $end } ({ $zone }). Изменить: /quiet 22:00-07:00
quiet-set = Готово! С { $start } до { $end } ({ $zone }) я молчу, а потом пришлю всё, что было.
quiet-off = Тихих часов больше нет: новые статьи приходят в любое время.
quiet-off-notice = Тихих часов нет
button-quiet-off = Без тихих часов
pause-wrong = Не понимаю, на сколько сделать перерыв. Нажмите или напишите, например: /pause 3 дня
pause-how = На сколько сделать перерыв? Нажмите или напишите: /pause 3 дня
button-pause = { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[other] { $days } дней
}
pause-set = Перерыв до { $until }. Потом я пришлю, что было. Закончить раньше: /resume
pause-set-notice = Перерыв
button-resume = Закончить перерыв
resume-done = Я снова с вами. Что было, пришлю сейчас.
resume-notice = Перерыв окончен
resume-not = Перерыва нет: новые статьи приходят. Сделать перерыв: /pause
snooze-how = Напишите, от какой подписки отдохнуть неделю: /snooze Наука
snooze-set = «{ $tag }» молчит до { $until }.
snooze-over = «{ $tag }» снова приходит.
button-wake = Вернуть: { $tag }
button-snooze = Неделя без: { $tag }
button-why = Почему?
button-digest = Когда присылать
not-subscribed = Подписки «{ $tag }» у вас нет. Ваши подписки: /mytags
because-nothing = Сейчас эту статью не приносит ни одна ваша подписка. Ваши подписки: /mytags
because-why = { $count ->
    [one] Пришла по подписке { $tags }.
   *[other] Пришла по подпискам { $tags }.
}
because-way = { $kind ->
    [now] Такие статьи приходят сразу.
    [hourly] Такие статьи приходят раз в час.
    [weekly] Такие статьи приходят раз в неделю.
   *[other] Такие статьи приходят раз в день.
}
digest-heading = { $kind ->
    [hourly] За этот час
    [daily] Ваша подборка за день
    [weekly] Ваша подборка за неделю
   *[other] Пока вы отдыхали
}
digest-more = { $count ->
    [one] И ещё { $count } статья: /latest
    [few] И ещё { $count } статьи: /latest
   *[other] И ещё { $count } статей: /latest
}
