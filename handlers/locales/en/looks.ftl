# What a post will look like.

command-preview = show an article's posts
shown = **{ $channel }**: { $length } of { $limit } characters, { $slot }
shown-at-once = at once
shown-cut = – cut: { $what }
shown-not-here = – does not go there: { $why }
shown-above = – as an answer to the post { $post }
shown-card-good = – the link card is well
shown-card-poor = – the link card: { $why }
shown-how = Send an article's address: /preview https://example.org/article
shown-unknown = I don't know such an article. Please send its whole address.
shown-no-channels = The settings have no channels yet: there is nowhere to show it.
