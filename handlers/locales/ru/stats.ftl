# Цифры. Чего нет, о том ни слова.

command-stats = цифры: /stats 30 теги
stats = **Цифры, { $period }**
stats-period = { $first } – { $last }
stats-all = Всего
stats-line = { $name }: { $parts }
stats-posts = { $count ->
    [one] { $count } пост
    [few] { $count } поста
   *[other] { $count } постов
}
stats-response = { $kind ->
    [reactions] реакции
    [likes] лайки
    [reposts] репосты
   *[other] переходы
}
stats-count = { $kind ->
    [reactions] { $count ->
        [one] { $count } реакция
        [few] { $count } реакции
       *[other] { $count } реакций
    }
    [likes] { $count ->
        [one] { $count } лайк
        [few] { $count } лайка
       *[other] { $count } лайков
    }
    [reposts] { $count ->
        [one] { $count } репост
        [few] { $count } репоста
       *[other] { $count } репостов
    }
   *[other] { $count ->
        [one] { $count } переход
        [few] { $count } перехода
       *[other] { $count } переходов
    }
}
stats-readers = подписчики +{ $gained } −{ $lost }
stats-gained = пришли
stats-lost = ушли
stats-by = { $view ->
    [day] **По дням**
    [channel] **По каналам**
    [tag] **По тегам**
   *[other] **По изданиям**
}
stats-other = { $view ->
    [tag] другие подписки
   *[other] без издания
}
stats-more = …и ещё { $count }
stats-none = Цифры здесь не ведутся.
stats-shown = Вот
stats-button = { $view ->
    [day] По дням
    [channel] По каналам
    [tag] По тегам
   *[other] По изданиям
}
stats-days = { $count ->
    [one] { $count } день
    [few] { $count } дня
   *[other] { $count } дней
}
stats-chart-posts = Посты
stats-chart-responses = Отклик на посты дня
stats-chart-readers = Подписчики
weekly-report = **Неделя в цифрах.** Подробнее: /stats
