"""A morning of a small newsroom, with everything a message can carry."""

from __future__ import annotations

from tests.browser.standin import Json, StandInWorld, button, card, run

COMMANDS = ("/start", "/help", "/tags", "/subscribe", "/mytags", "/latest", "/digest", "/quiet", "/language")
PICTURE = "/picture.svg"
PICTURE_SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 630">
<defs><linearGradient id="a" x2="0" y2="1"><stop stop-color="#ffb88a"/><stop offset=".55" stop-color="#f4846a"/>
<stop offset="1" stop-color="#7a4b7d"/></linearGradient></defs><rect width="1200" height="630" fill="url(#a)"/>
<circle cx="860" cy="260" r="92" fill="#fff3d6"/><path d="M0 430 200 330 380 420 600 290 840 420 1200 310V630H0z"
fill="#5b3a66"/><path d="M0 520 300 440 640 520 900 450 1200 520V630H0z" fill="#33264a"/>
<path d="M60 560h760q70 0 90 34H60z" fill="#ffe9c9"/><path d="M90 571h70v16H90zm100 0h70v16h-70zm100 0h70v16h-70zm100
0h70v16h-70zm100 0h70v16h-70zm100 0h70v16h-70zm100 0h70v16h-70z" fill="#33264a"/></svg>"""


def fill(world: StandInWorld) -> None:
    """Posts on both public places and talk in three chats."""
    world.add_chat("telegram:2001", "Вы", *COMMANDS)
    world.add_chat("telegram:1001", "Редактор", *COMMANDS, "/status", "/queue", "/now")
    world.add_chat("telegram:2002", "Anna", *COMMANDS, language="en")
    world.add_chat("vk:42", "Вы", *COMMANDS)
    world.add_chat("vk:43", "Илья", *COMMANDS)
    _publish(world)
    _talk(world)


def _tags(*tags: str) -> list[Json]:
    return [piece for tag in tags for piece in (run(tag, hashtag=True), run(" "))]


def _publish(world: StandInWorld) -> None:
    read = [[button("Читать статью", url="https://example.org/night-train")]]
    preview = card(
        "https://example.org/night-train",
        "Ночные поезда возвращаются на Балтику",
        description="Три страны открывают общий маршрут вдоль моря: девять часов в пути, завтрак и вид на дюны.",
        image=PICTURE,
        site="La Dépêche",
    )
    lead = "Три страны открывают общий маршрут вдоль моря. В пути девять часов, и почти всё время в окне видна вода."
    title = "Ночные поезда возвращаются на Балтику"
    foot = [run("La Dépêche", bold=True, url="https://example.org"), run(", Франция\n\n")]
    tags = _tags("#Поезда", "#Балтика", "#Франция")
    world.add("channel", run(title + "\n\n", bold=True), run(lead + "\n\n"), *foot, *tags, card=preview, buttons=read)
    world.add("wall", run(f"{title}\n\n{lead}\n\n"), *tags, card=preview, source="https://example.org/night-train")
    garden = [
        run("Как сад переживает жару\n\n", bold=True),
        run("Мульча держит воду лучше шланга. ", italic=True),
        run("Ботаники сравнили сорок участков и записали, что помогло.\n"),
        run("«Поливать реже, но глубже: корни идут за водой вниз»", quote=True),
        run("\n"),
        *_tags("#Сад", "#Наука"),
    ]
    world.add("channel", *garden, photo=PICTURE, edited=True, minutes=200)
    world.add("wall", *garden, photo=PICTURE, source="https://example.org/garden", minutes=200)
    long = "Хлеб на закваске поднимается медленно, зато долго не черствеет. " * 20
    world.add("wall", run("Закваска: почему ждать стоит\n\n", bold=True), run(long), *_tags("#Кухня"))


def _talk(world: StandInWorld) -> None:
    you = "telegram:2001"
    world.add(you, run("/start"), sender="person")
    hello = [run("Здравствуйте! ", bold=True), run("Выберите темы, и я буду присылать статьи о них.")]
    topics = [[button("Наука"), button("Поезда")], [button("Сад и огород"), button("Кухня")]]
    world.add(you, *hello, buttons=[*topics, [button("Открыть канал", url="https://example.org/channel")]], minutes=0.1)
    world.add(you, run("/subscribe Наука"), sender="person")
    world.add(you, run("Готово: вы подписаны на "), run("#Наука", hashtag=True), run("."), minutes=0.1)
    world.add("vk:42", run("подписка Поезда"), sender="person")
    world.add("vk:42", run("Готово: вы подписаны на Поезда."), buttons=[[button("Мои темы"), button("Отписаться")]])
    world.add("telegram:2002", run("/start"), sender="person")
    world.add("telegram:2002", run("Hello! Choose your topics, and I will send you stories about them."))
