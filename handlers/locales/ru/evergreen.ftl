# Статьи, которые могут вернуться.

command-evergreen = статьи, которые могут вернуться
evergreen = { $count ->
    [one] **{ $count } статья может вернуться** в пустые слоты:
    [few] **{ $count } статьи могут вернуться** в пустые слоты:
   *[other] **{ $count } статей могут вернуться** в пустые слоты:
}
evergreen-none = Пока ни одна статья не может вернуться.
evergreen-how = Чтобы статья могла вернуться: /evergreen и её адрес, id или ключ. Чтобы больше не возвращалась: /evergreen off и то же. Возвращаются в каналы с evergreen_after.
evergreen-more = …и ещё { $count }
evergreen-drop = { $number }. Больше не надо
evergreen-done = { $outcome ->
    [on] «{ $headline }» может вернуться. Отметка: { $by }.
    [off] «{ $headline }» больше не вернётся. Отметка: { $by }.
   *[same] «{ $headline }»: так уже было.
}
evergreen-button = { $what ->
    [on] Может вернуться
   *[off] Больше не надо
}
button-evergreen = Может вернуться
queue-returns = **Вернутся за сутки, если слот останется пустым:**
queue-return = **{ $time }** { $channel }:
