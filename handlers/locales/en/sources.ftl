# What admins read about the sources: /sources.

command-sources = how the sources are; add, test, pause
sources = { $count ->
    [one] **{ $count } source**
   *[other] **{ $count } sources**
}
sources-line = { $how ->
    [paused] ⏸ **{ $name }**: paused, last read { $succeeded }
    [failing] ✕ **{ $name }**: failing, last read { $succeeded }, next try { $next }
    [unread] · **{ $name }**: not read yet, next { $next }
   *[fine] ✓ **{ $name }**: read { $succeeded }, next { $next }
}{ $added ->
    [yes] { " " }(added here)
   *[no] { "" }
}
sources-rate = usually an article every { $rate }
sources-error = { $error } (in a row: { $failures })
sources-more = …and { $count } more
sources-none = There is no source yet. Add one: /sources add NAME ADDRESS
sources-how = /sources add NAME ADDRESS, /sources test ADDRESS, /sources pause NAME, /sources resume NAME, /sources remove NAME
sources-add-how = Give a name and an address, for example: /sources add gazette https://example.org/rss
sources-test-how = Give the address of a feed or a page, for example: /sources test https://example.org/rss
sources-owners = Only owners can change the sources. How they are: /sources
sources-unreadable = This can't be read, so nothing was changed. { $error }
sources-trial = { $count ->
    [0] The feed can be read, but has no articles now.
    [one] There is { $count } article. The newest would look so:
   *[other] There are { $count } articles. The newest would look so:
}
sources-changed = { $outcome ->
    [unknown] I know no source “{ $name }”. All of them: /sources
    [name-taken] There is a source “{ $name }” already. Please choose another name.
    [already] It is so already: nothing was changed.
   *[done] { $what ->
        [add] **{ $name }** is added. What is in it now is not posted; what comes next is.
        [pause] **{ $name }** is paused. Nothing is lost: what it still shows when resumed is posted then.
        [resume] **{ $name }** is read again.
       *[remove] **{ $name }** is removed. Articles that are waiting go out as planned.
    }
}
sources-done-notice = Done
button-source-off = ⏸ { $name }
button-source-on = ▶ { $name }
sources-hours = { $count } h
