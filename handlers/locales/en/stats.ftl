# Numbers. What there is none of is left out.

command-stats = numbers: /stats 30 tags
stats = **Numbers, { $period }**
stats-period = { $first } – { $last }
stats-all = Altogether
stats-line = { $name }: { $parts }
stats-posts = { $count ->
    [one] { $count } post
   *[other] { $count } posts
}
stats-response = { $kind ->
    [reactions] reactions
    [likes] likes
    [reposts] reposts
   *[other] clicks
}
stats-count = { $kind ->
    [reactions] { $count ->
        [one] { $count } reaction
       *[other] { $count } reactions
    }
    [likes] { $count ->
        [one] { $count } like
       *[other] { $count } likes
    }
    [reposts] { $count ->
        [one] { $count } repost
       *[other] { $count } reposts
    }
   *[other] { $count ->
        [one] { $count } click
       *[other] { $count } clicks
    }
}
stats-readers = subscribers +{ $gained } −{ $lost }
stats-gained = came
stats-lost = went
stats-by = { $view ->
    [day] **By day**
    [channel] **By channel**
    [tag] **By tag**
   *[other] **By outlet**
}
stats-other = { $view ->
    [tag] other subscriptions
   *[other] without an outlet
}
stats-more = …and { $count } more
stats-none = Numbers are not kept here.
stats-shown = Here it is
stats-button = { $view ->
    [day] By day
    [channel] By channel
    [tag] By tag
   *[other] By outlet
}
stats-days = { $count } days
stats-chart-posts = Posts
stats-chart-responses = What came back of the posts of a day
stats-chart-readers = Subscribers
weekly-report = **The week in numbers.** More: /stats
