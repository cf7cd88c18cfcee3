# Articles that may return.

command-evergreen = articles that may return
evergreen = { $count ->
    [one] **{ $count } article may return** into empty slots:
   *[other] **{ $count } articles may return** into empty slots:
}
evergreen-none = No article may return yet.
evergreen-how = To let an article return: /evergreen and its address, id or key. To end that: /evergreen off and the same. It returns on channels with evergreen_after.
evergreen-more = …and { $count } more
evergreen-drop = { $number }. No more
evergreen-done = { $outcome ->
    [on] “{ $headline }” may return. Marked by { $by }.
    [off] “{ $headline }” returns no more. Ended by { $by }.
   *[same] “{ $headline }”: it was so already.
}
evergreen-button = { $what ->
    [on] May return
   *[off] No more
}
button-evergreen = May return
queue-returns = **Return within 24 hours, if the slot stays empty:**
queue-return = **{ $time }** { $channel }:
