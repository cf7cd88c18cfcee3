# Who may do what, and who did what.

granted = { $scope ->
    [none] { $person } is now { $role ->
        [viewer] a viewer
        [editor] an editor
       *[owner] an owner
    }.
   *[other] { $person } is now { $role ->
        [viewer] a viewer
        [editor] an editor
       *[owner] an owner
    } on { $scope }.
}
grant-line = – { $person }: { $role ->
    [viewer] viewer
    [editor] editor
   *[owner] owner
}
grant-how = To give a right: /grant editor 1002, or for one channel /grant editor vk:55 wall. Roles: viewer, editor, owner. To take it back: /revoke 1002
grant-not-yours = You can give and take rights only where you are an owner. Name your channel: /grant editor 1002 wall
grant-channel = There is no such channel. There are: { $names }
grants-written = **From the settings**
grants-given = **Given with /grant**
revoke-how = Name the person: /revoke 1002, or /revoke vk:55 wall
revoked = { $person } has this right no longer.
revoke-settings = This right stands in the settings. Please take it out there.
revoke-nothing = Nobody gave this right. Who has which: /grant
audit = **Who did what**
audit-none = Nobody has done anything yet.
staff-anonymous = I can't see who you are. Please write under your own name, not as the group.
command-grant = who may do what; /grant editor 1002 gives a right
command-revoke = take a right back
command-audit = who did what
