# What is kept, handed over, and erased.

export = { $count ->
    [one] Here is all I keep about you: { $count } record.
   *[other] Here is all I keep about you: { $count } records.
} To erase it: /forget
export-nothing = I keep nothing about you.
export-later = You have this file already. I will make a new one in ten minutes.
