# Tags, countries, regions and outlets: found, browsed, doubted; and queries.

## Lists

tags = **Most used this week.** Press one to subscribe; yours have a tick.
tags-countries = **Countries, with their articles of the week.** Press one to subscribe; yours have a tick.
tags-regions = **Regions of the world, with their articles of the week.** Press one to subscribe; yours have a tick.
tags-outlets = **Outlets, with their articles of the week.** Press one to subscribe; yours have a tick.
tags-so = { $count ->
    [one] **{ $word }: { $count } subject.** Press it to subscribe; yours have a tick.
   *[other] **{ $word }: { $count } subjects.** Press one to subscribe; yours have a tick.
}
tags-none-so = Nothing begins with “{ $word }”. Type it otherwise, for example: /tags Fr, or choose a popular one.
tags-alphabet = { $count ->
    [one] **{ $count } subject in all.** Choose a letter or type a beginning: /tags Fr
   *[other] **{ $count } subjects in all.** Choose a letter or type a beginning: /tags Fr
}
tags-alphabet-notice = By letter
tag-count = { $kind ->
    [country] { $label } (country) · { $count }
    [region] { $label } (region) · { $count }
    [outlet] { $label } (outlet) · { $count }
   *[other] { $label } · { $count }
}
button-alphabet = A–Z
button-tag = Tags
button-country = Countries
button-region = Regions
button-outlet = Outlets
quoted-country = “{ $tag }” (country)
quoted-region = “{ $tag }” (region)
quoted-outlet = “{ $tag }” (outlet)

## Doubts

did-you-mean = I have not met the tag { $tag }. Did you mean one of these? Press it.
button-exact = Really “{ $tag }”
unseen = { $count ->
    [1] The { $kind ->
        [outlet] outlet
        [country] country
        [region] region
       *[tag] tag
    } { $tags } has not been seen yet.
   *[other] Not seen yet: { $tags }.
} { $plain ->
    [1] As soon as there is such an article, I will send it.
   *[0] Please check the spelling.
}
unseen-like = { $tag } (looks like { $similar })

## Queries

preview = { $count ->
    [0] None of the last articles ({ $of }) is like that. As soon as one is, I will send it.
    [one] Of the last { $of } articles { $count } would have come:
   *[other] Of the last { $of } articles { $count } would have come, for example:
}
query-wrong = I can't read the query. The mistake is where ▸ stands:
query-missing-tag = A tag belongs here. For example: France & (elections | Macron) & !sport
query-missing-operator = A sign belongs here: & means and, | means or. For example: France & elections
query-missing-bracket = A closing bracket belongs here. For example: France & (elections | Macron)
query-missing-quote = This quote is opened but not closed. For example: outlet:"La Dépêche"
query-missing-depth = Too many brackets within brackets. Please make it simpler.
query-too-long = A query can have { $limit ->
    [one] { $limit } character
   *[other] { $limit } characters
} at most. Make it shorter, or make several subscriptions of it.
