# Кому что можно и кто что сделал.

granted = { $scope ->
    [none] { $person }: теперь { $role ->
        [viewer] наблюдатель
        [editor] редактор
       *[owner] владелец
    }.
   *[other] { $person }: теперь { $role ->
        [viewer] наблюдатель
        [editor] редактор
       *[owner] владелец
    } для { $scope }.
}
grant-line = – { $person }: { $role ->
    [viewer] наблюдатель
    [editor] редактор
   *[owner] владелец
}
grant-how = Дать право: /grant редактор 1002, для одного канала: /grant редактор vk:55 wall. Роли: наблюдатель, редактор, владелец. Забрать: /revoke 1002
grant-not-yours = Права даёт и забирает только владелец. Укажите свой канал: /grant editor 1002 wall
grant-channel = Такого канала нет. Есть: { $names }
grants-written = **Из настроек**
grants-given = **Даны командой /grant**
revoke-how = Укажите человека: /revoke 1002 или /revoke vk:55 wall
revoked = { $person }: этого права больше нет.
revoke-settings = Это право записано в настройках. Уберите его там, пожалуйста.
revoke-nothing = Такого права никто не давал. У кого какие: /grant
audit = **Кто что сделал**
audit-none = Пока никто ничего не сделал.
staff-anonymous = Не вижу, кто вы. Напишите, пожалуйста, от своего имени, а не от имени группы.
command-grant = кому что можно; /grant редактор 1002 даёт право
command-revoke = забрать право
command-audit = кто что сделал
