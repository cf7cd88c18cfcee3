# What is kept, handed over, and erased.

export = { $count ->
    [one] Здесь всё, что я о вас храню: { $count } запись.
    [few] Здесь всё, что я о вас храню: { $count } записи.
   *[other] Здесь всё, что я о вас храню: { $count } записей.
} Чтобы стереть это: /forget
export-nothing = Я ничего о вас не храню.
export-later = Этот файл у вас уже есть. Новый я сделаю через десять минут.
