# What editors bring from the phone.

post-how = Send me a link or a text, or: /post and a link or a text.
post-where = On which channel? It takes its place in the queue.
post-unreadable = I can't read { $address }. Please send the text instead: the first line becomes the headline.
post-queued = Queued by { $by }.
post-out = It was on this channel already.
breaking-how = Like this: /breaking and a link or a text. It is shown first, and posted everywhere after your yes.
breaking-ask = **Post this at once, past slots and quiet hours?** On: { $channels }
breaking-goes = Goes out in 10 seconds on { $channels }, says { $by }.
breaking-not = Good, nothing is posted.
breaking-back = Taken back by { $by }. Nothing is posted.
button-breaking = Post everywhere
button-no = No
command-post = make a post of a link or a text
command-breaking = post a link or a text everywhere at once
