"""Articles and replies as API calls: what stands where, on ordinary input."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.model import Article, Image, Outlet, Place, Platform, Post, Receipt
from bot.render import (
    Style,
    Text,
    correction_for,
    message_correction_for,
    message_for,
    post_for,
    removals_for,
    reply_for,
    tidy,
)
from bot.render.mentions import unmentioned
from bot.render.typography import clean, web_url
from bot.tags import tag_id
from bot.talk import Button, Heard, Reply, Span

CHANNEL = Place(Platform.TELEGRAM, "@digest")
WALL = Place(Platform.VK, "-220")
CHAT = Place(Platform.TELEGRAM, "1001")
PEER = Place(Platform.VK, "42")
STYLE = Style()
UPDATED = datetime(2026, 3, 1, 14, 5, tzinfo=timezone(timedelta(hours=3)))
SENT = UPDATED - timedelta(hours=2)
ARTICLE = Article(
    id="night-trains",
    url="https://digest.example/2031/night-trains",
    headline="Le Rail: ночные поезда возвращаются",
    lead="Спальные вагоны снова ходят между Парижем и Ниццей. Билеты раскупили за день 🚆.",
    image=Image("https://digest.example/train.jpg", "Jeanne Martin"),
    outlet=Outlet("Le Rail", "https://rail.example"),
    original_url="https://rail.example/trains-de-nuit,2",
    country="Франция",
    region="Европа",
    tags=("поезда", "Côte d’Azur", "Поезда", "2031", "ночные-поезда"),
    disclaimer="Мнение редакции может не совпадать с мнением издания.",
)


def spanned(text: str, entity: dict[str, Any]) -> str:
    """The words an entity covers, read as Telegram does: in UTF-16 units."""
    units = text.encode("utf-16-le")
    start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
    return units[start:end].decode("utf-16-le")


def test_a_channel_post_reads_from_headline_to_hashtags() -> None:
    """Headline, lead, link and attribution, disclaimer, hashtags: paragraphs in this order."""
    expected = (
        "Le Rail: ночные поезда возвращаются\n\n"
        "Спальные вагоны снова ходят между Парижем и\xa0Ниццей. Билеты раскупили за\xa0день 🚆.\n\n"
        "Читать полностью\nИсточник: Le Rail, Франция\nФото: Jeanne Martin\n\n"
        "Мнение редакции может не\xa0совпадать с\xa0мнением издания.\n\n"
        "#поезда #Côte_dAzur #ночные_поезда"
    )
    post = post_for(ARTICLE, CHANNEL, STYLE)
    assert (post.method, post.params["chat_id"], post.params["text"]) == ("sendMessage", "@digest", expected)
    assert "parse_mode" not in post.params


def test_entities_cover_the_right_words_after_an_emoji() -> None:
    """The headline is bold, link and outlet lead to their pages, the disclaimer is italic; an emoji is two units."""
    params = post_for(ARTICLE, CHANNEL, STYLE).params
    found = [(entity["type"], spanned(params["text"], entity), entity.get("url")) for entity in params["entities"]]
    assert found == [
        ("bold", "Le Rail: ночные поезда возвращаются", None),
        ("text_link", "Читать полностью", "https://digest.example/2031/night-trains"),
        ("text_link", "Le Rail", "https://rail.example/trains-de-nuit,2"),
        ("italic", "Мнение редакции может не\xa0совпадать с\xa0мнением издания.", None),
    ]


def test_a_correction_edits_the_post_and_says_when() -> None:
    """The same text with a last line in italics; the card stays, and nothing rings a second time."""
    receipt = Receipt("512", SENT)
    post = post_for(ARTICLE, CHANNEL, Style(silent=True))
    edit = correction_for(ARTICLE, CHANNEL, Style(silent=True), receipt, UPDATED)
    assert (edit.method, edit.params["chat_id"], edit.params["message_id"]) == ("editMessageText", "@digest", 512)
    assert edit.params["text"] == post.params["text"] + "\n\nобновлено 14:05"
    assert edit.params["link_preview_options"] == post.params["link_preview_options"]
    assert spanned(edit.params["text"], edit.params["entities"][-1]) == "обновлено 14:05"
    assert "disable_notification" not in edit.params


def test_a_correction_on_another_day_says_the_day() -> None:
    """In the newsroom's time zone; the time alone would be read as today's."""
    late = UPDATED + timedelta(days=1)
    marks = [
        correction_for(ARTICLE, CHANNEL, Style(language=language), Receipt("512", SENT), late).params["text"]
        for language in ("ru", "en")
    ]
    assert [mark.rpartition("\n")[2] for mark in marks] == ["обновлено 02.03 в 14:05", "updated 2 Mar, 14:05"]


def test_a_correction_of_a_wall_post_names_card_and_source_again() -> None:
    """VK drops at an edit what is not sent again; what only a new post has is left out."""
    edit = correction_for(ARTICLE, WALL, STYLE, Receipt("31", SENT), UPDATED)
    assert edit.method == "wall.edit"
    assert edit.params["message"].endswith("обновлено 14:05")
    kept = {name: edit.params[name] for name in edit.params if name != "message"}
    assert kept == {
        "owner_id": -220,
        "post_id": 31,
        "attachments": ARTICLE.url,
        "copyright": "https://rail.example/trains-de-nuit,2",
        "v": "5.199",
    }


def test_a_photo_is_corrected_by_its_caption_or_by_the_text_in_its_place() -> None:
    """What stands there is not known for sure: each kind has the other as its fallback."""
    receipt = Receipt("512", SENT)
    photo = correction_for(ARTICLE, CHANNEL, Style(image="photo"), receipt, UPDATED)
    assert photo.method == "editMessageCaption"
    assert "photo" not in photo.params
    assert photo.fallback is not None
    assert photo.fallback.method == "editMessageText"
    text = correction_for(ARTICLE, CHANNEL, STYLE, receipt, UPDATED)
    assert text.fallback is not None
    assert text.fallback.params["caption"] == photo.params["caption"]


def test_a_corrected_message_keeps_its_buttons_and_its_reason() -> None:
    """An edit without them would take them away."""
    rows = ((Button("Stop", press="/unsubscribe x"),),)
    for place, method in ((CHAT, "editMessageText"), (PEER, "messages.edit")):
        edit = message_correction_for(
            ARTICLE, place, Style(language="en"), Receipt("9", SENT), UPDATED, buttons=rows, because="By your tag"
        )
        said = edit.params.get("text") or edit.params["message"]
        assert edit.method == method
        assert edit.params["message_id"] == 9
        assert said.endswith("By your tag\n\nupdated 14:05")
        assert "Stop" in json.dumps(edit.params, ensure_ascii=False)
        assert "random_id" not in edit.params


def test_a_removal_deletes_or_leaves_a_note() -> None:
    """What is too old to be deleted says that it was taken back."""
    receipt = Receipt("9", SENT)

    def methods(place: Place, *, public: bool, fresh: bool) -> list[str]:
        return [post.method for post in removals_for(place, "en", receipt, public=public, fresh=fresh)]

    assert methods(CHANNEL, public=True, fresh=True) == ["deleteMessage", "editMessageText"]
    assert methods(CHANNEL, public=True, fresh=False) == ["editMessageText"]
    [album, _] = removals_for(CHANNEL, "en", replace(receipt, others=("10", "11")), public=True, fresh=True)
    assert (album.method, album.params["message_ids"]) == ("deleteMessages", [9, 10, 11])
    assert methods(WALL, public=True, fresh=False) == ["wall.delete", "wall.edit"]
    assert methods(PEER, public=False, fresh=True) == ["messages.delete", "messages.edit"]
    assert methods(PEER, public=False, fresh=False) == ["messages.edit"]


def test_the_link_card_is_large_and_of_the_article() -> None:
    """The preview shows the article's own card; without a picture it is switched off."""
    shown = post_for(ARTICLE, CHANNEL, Style(preview_above=True)).params["link_preview_options"]
    assert shown == {"url": ARTICLE.url, "prefer_large_media": True, "show_above_text": True}
    hidden = post_for(ARTICLE, CHANNEL, Style(image="none")).params
    assert hidden["link_preview_options"] == {"is_disabled": True}
    assert "Jeanne Martin" not in hidden["text"]


def test_a_photo_post_has_the_message_as_its_fallback() -> None:
    """The picture goes with a caption of at most 1024; when it is refused, the message goes instead."""
    long = replace(ARTICLE, lead="Вагоны идут на юг каждую ночь. " * 100)
    post = post_for(long, CHANNEL, Style(image="photo"))
    assert (post.method, post.params["photo"]) == ("sendPhoto", "https://digest.example/train.jpg")
    assert len(post.params["caption"]) <= 1024
    assert post.params["caption"].endswith("#ночные_поезда")
    assert "Читать полностью" in post.params["caption"]
    assert post.fallback is not None
    assert post.fallback.method == "sendMessage"


def test_a_photo_post_without_a_picture_is_a_message() -> None:
    """Nothing to send as a photo: the message itself is the post."""
    post = post_for(replace(ARTICLE, image=None), CHANNEL, Style(image="photo"))
    assert (post.method, post.fallback) == ("sendMessage", None)


@pytest.mark.parametrize(
    ("chat", "expected"), [("@digest", "@digest"), ("digest", "@digest"), ("-1001", -1001), ("1001", 1001)]
)
def test_a_chat_is_a_number_or_a_name(chat: str, expected: int | str) -> None:
    """Ids go as integers, names with their @."""
    assert post_for(ARTICLE, Place(Platform.TELEGRAM, chat), STYLE).params["chat_id"] == expected


def test_a_topic_and_silence_are_said_only_when_wanted() -> None:
    """Absent means the platform's default."""
    assert not {"message_thread_id", "disable_notification"} & set(post_for(ARTICLE, CHANNEL, STYLE).params)
    quiet = post_for(ARTICLE, replace(CHANNEL, thread=7), Style(silent=True)).params
    assert (quiet["message_thread_id"], quiet["disable_notification"]) == (7, True)
    assert post_for(ARTICLE, WALL, Style(silent=True)).params["mute_notifications"] == 1


def test_protection_and_the_card_above_are_settings() -> None:
    """Nobody forwards what is protected; the card stands above the words or, as by default, below."""
    assert "protect_content" not in post_for(ARTICLE, CHANNEL, STYLE).params
    assert post_for(ARTICLE, CHANNEL, STYLE).params["link_preview_options"]["show_above_text"] is False
    for style in (Style(protect=True, preview_above=True), Style(protect=True, image="photo")):
        assert post_for(ARTICLE, CHANNEL, style).params["protect_content"] is True
    above = post_for(ARTICLE, CHANNEL, Style(preview_above=True)).params["link_preview_options"]
    assert above["show_above_text"] is True


def test_a_wall_post_attaches_the_link_and_names_the_source() -> None:
    """The card is the attachment, the original is VK's own source field; neither address stands in the text."""
    article = replace(ARTICLE, url="https://digest.example/a,b")
    post = post_for(article, WALL, STYLE)
    assert post.method == "wall.post"
    assert post.params["owner_id"] == -220
    assert (post.params["from_group"], post.params["v"]) == (1, "5.199")
    assert post.params["attachments"] == "https://digest.example/a%2Cb"
    assert post.params["copyright"] == "https://rail.example/trains-de-nuit,2"
    assert "http" not in post.params["message"]
    assert post.params["message"].startswith("Le Rail: ночные поезда возвращаются\n\nСпальные")
    assert "Источник: Le Rail, Франция\nФото: Jeanne Martin" in post.params["message"]
    assert post.params["message"].endswith("#поезда #Côte_dAzur #ночные_поезда")


def test_hashtags_may_stay_on_the_page() -> None:
    """VK's own form: they find the page's posts alone."""
    message = post_for(ARTICLE, WALL, replace(STYLE, local_tags="digest_press")).params["message"]
    assert message.endswith("#поезда@digest_press #Côte_dAzur@digest_press #ночные_поезда@digest_press")


def test_an_unknown_original_is_left_out() -> None:
    """No empty parameter goes over the wire."""
    assert "copyright" not in post_for(replace(ARTICLE, original_url=None), WALL, STYLE).params


def test_a_guid_tells_articles_and_walls_apart() -> None:
    """The same article at the same wall has the same guid, whatever became of its words."""
    first = post_for(ARTICLE, WALL, STYLE).params["guid"]
    assert post_for(replace(ARTICLE, headline="New words"), WALL, STYLE).params["guid"] == first
    assert post_for(ARTICLE, Place(Platform.VK, "-221"), STYLE).params["guid"] != first
    assert post_for(ARTICLE, WALL, STYLE, key="another").params["guid"] != first


@pytest.mark.parametrize(
    "text", ["[club1|x]", "[id1|Ann]", "@id1 (x)", "*id1 (x)", "a @durov", "[[id1|x]", "[https://vk.com/e|x]"]
)
def test_no_text_of_others_becomes_a_mention(text: str) -> None:
    """The signs that make a mention are swapped for look-alikes, in every field."""
    article = replace(ARTICLE, headline=text, lead=text, outlet=Outlet(text), disclaimer=text, country=text)
    for post in (post_for(article, WALL, STYLE), message_for(article, PEER, STYLE, because=text)):
        assert not any(sign in post.params["message"] for sign in ("|", "@", "*"))


def test_a_bracket_opened_inside_an_address_still_counts() -> None:
    """The address ends at the blank, the bracket only after it."""
    assert unmentioned("https://x.example/a[club1|b, |c]") == "https://x.example/a[club1%7Cb, ∣c]"


def test_a_bracket_that_stays_open_opens_no_mention_with_the_next_text() -> None:
    """A template may put two texts on one line, and the sign between them would be another's."""
    style = replace(STYLE, template="{{ lead }} {{ source }} {{ headline }} {{ disclaimer }}")
    article = replace(ARTICLE, lead="See [club1", country="|here]")
    assert "See ［club1" in post_for(article, WALL, style).params["message"]
    assert unmentioned("[sic] https://x.example/[a [b") == "[sic] https://x.example/%5Ba ［b"


def test_what_is_no_mention_stays() -> None:
    """Pipes outside brackets, multiplication and lone signs are not touched; an address still leads to its page."""
    assert unmentioned("a | b, 2 * 2, at @ noon, [sic]") == "a | b, 2 * 2, at @ noon, [sic]"
    assert unmentioned("https://x.example/@ann") == "https://x.example/%40ann"


def test_a_wall_post_offers_to_subscribe_in_messages() -> None:
    """A line a tag, with the link that the bot follows; an edit keeps them, and none without the setting."""
    style = Style(group=220, subscribe_buttons=2)
    line = f"\n\nПодписаться на #поезда: https://vk.me/club220?ref=t_{tag_id('поезда')}\n\nПодписаться на #Côte_dAzur: "
    post = post_for(ARTICLE, WALL, style)
    assert line in post.params["message"]
    assert line in correction_for(ARTICLE, WALL, style, Receipt("9", SENT), UPDATED).params["message"]
    assert "vk.me" not in post_for(ARTICLE, WALL, Style(group=220)).params["message"]
    assert "vk.me" not in message_for(ARTICLE, PEER, style, because=None).params["message"]


def test_labels_follow_the_language() -> None:
    """Every word that rendering adds exists in both languages."""
    text = post_for(ARTICLE, CHANNEL, Style(language="en")).params["text"]
    assert "Read in full\nSource: Le Rail, Франция\nPhoto: Jeanne Martin" in text


def test_a_bare_article_is_still_a_post() -> None:
    """A headline of nothing visible is replaced by the outlet, else by a word that says so."""
    bare = Article(id="1", url="not an address", headline="\u200b\u202e ")
    assert post_for(bare, CHANNEL, STYLE).params["text"] == "Без заголовка"
    assert post_for(bare, WALL, STYLE).params["message"] == "Без заголовка"
    assert "attachments" not in post_for(bare, WALL, STYLE).params
    named = replace(bare, outlet=Outlet("Le Rail"))
    assert post_for(named, CHANNEL, STYLE).params["text"].startswith("Le Rail")


def test_an_original_without_an_outlet_keeps_its_link() -> None:
    """Attribution is never lost: an unnamed source is called the original."""
    params = post_for(replace(ARTICLE, outlet=None), CHANNEL, Style(language="en")).params
    covered = {spanned(params["text"], entity): entity.get("url") for entity in params["entities"]}
    assert covered["the original"] == ARTICLE.original_url


def test_too_long_gives_up_the_lead_then_hashtags_then_the_disclaimer() -> None:
    """Headline, link and outlet are there to the last."""
    style = Style(max_hashtags=40)
    tags = tuple(f"тег{number}" + "х" * 80 for number in range(40))
    whole = replace(ARTICLE, lead="Поезд идёт. " * 500, tags=tags[:5])
    text = post_for(whole, CHANNEL, style).params["text"]
    assert "Поезд идёт." in text
    assert text.count("#") == 5

    crowded = replace(whole, headline="Слово " * 300, tags=tags)
    text = post_for(crowded, CHANNEL, style).params["text"]
    assert "Поезд идёт." not in text
    assert 0 < text.count("#") < 40
    assert ARTICLE.disclaimer is not None
    assert ARTICLE.disclaimer in text.replace("\xa0", " ")

    absurd = replace(crowded, headline="Слово " * 5000)
    params = post_for(absurd, CHANNEL, style).params
    assert "#" not in params["text"]
    assert params["text"].startswith("Слово Слово")
    assert "Слово…\n\nЧитать полностью\nИсточник: Le Rail" in params["text"]
    assert 4000 < len(params["text"]) <= 4096


def test_a_subscriber_gets_buttons_and_the_reason() -> None:
    """The same text, an inline keyboard, and why it came."""
    rows = ((Button("Ещё", press="/latest"), Button("Сайт", url="https://digest.example")),)
    post = message_for(ARTICLE, CHAT, STYLE, buttons=rows, because="по тегу Поезда")
    assert post.params["text"].endswith("по тегу Поезда")
    assert post.params["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "Ещё", "callback_data": "/latest"}, {"text": "Сайт", "url": "https://digest.example"}]
        ]
    }


def test_a_vk_subscriber_gets_both_links_in_the_text() -> None:
    """A message has no card parameter and no source field, so the addresses stand in the words."""
    rows = ((Button("Ещё", press="/latest"), Button("Сайт", url="https://digest.example")),)
    params = message_for(ARTICLE, PEER, STYLE, buttons=rows, because="по тегу Поезда").params
    assert params["peer_id"] == 42
    assert f"\n\n{ARTICLE.url}\nИсточник: Le Rail, Франция\n{ARTICLE.original_url}\n" in params["message"]
    assert json.loads(params["keyboard"]) == {
        "one_time": False,
        "inline": True,
        "buttons": [
            [
                {"action": {"type": "callback", "payload": '{"press":"/latest"}', "label": "Ещё"}},
                {"action": {"type": "open_link", "link": "https://digest.example", "label": "Сайт"}},
            ]
        ],
    }


def test_the_same_delivery_has_the_same_random_id() -> None:
    """So that VK drops a second copy; another reader or article has another."""
    first = message_for(ARTICLE, PEER, STYLE).params["random_id"]
    assert message_for(replace(ARTICLE, lead=None), PEER, STYLE).params["random_id"] == first
    assert message_for(ARTICLE, Place(Platform.VK, "43"), STYLE).params["random_id"] != first
    assert 0 < first < 2**53


def heard(place: Place, **known: Any) -> Heard:
    return Heard(place, person="1001", text="/tags", event="e1", **known)


def said(*spans: Span, **more: Any) -> Reply:
    return Reply(spans, **more)


def methods(posts: tuple[Post, ...]) -> list[str]:
    return [post.method for post in posts]


def test_a_telegram_reply_is_a_message() -> None:
    """Spans become text and entities; a link in it brings no card."""
    reply = said(Span("Теги", bold=True), Span(": "), Span("поезда", url="https://t.example/x"))
    (post,) = reply_for(reply, heard(CHAT))
    assert (post.method, post.params["chat_id"], post.params["text"]) == ("sendMessage", 1001, "Теги: поезда")
    assert post.params["entities"] == [
        {"type": "bold", "offset": 0, "length": 4},
        {"type": "text_link", "offset": 6, "length": 6, "url": "https://t.example/x"},
    ]
    assert post.params["link_preview_options"] == {"is_disabled": True}


def test_a_pressed_button_is_acknowledged_before_the_answer() -> None:
    """Telegram: the callback first, then the new text in the place of the old one."""
    reply = said(Span("Готово"), notice="Подписка " * 50)
    acknowledged, edited = reply_for(reply, heard(CHAT, pressed="77", callback="c1"), edit=True)
    assert acknowledged.method == "answerCallbackQuery"
    assert acknowledged.params["callback_query_id"] == "c1"
    assert 150 < len(acknowledged.params["text"]) <= 200
    assert (edited.method, edited.params["message_id"]) == ("editMessageText", 77)
    assert methods(reply_for(reply, heard(CHAT, pressed="77", callback="c1"))) == ["answerCallbackQuery", "sendMessage"]
    assert reply_for(said(), heard(CHAT, callback="c1"))[0].params == {"callback_query_id": "c1"}


def test_a_vk_button_is_acknowledged_with_a_snackbar() -> None:
    """The snackbar only where there is a notice; the edit goes by the number of the message in its chat."""
    event = heard(PEER, pressed="77", callback="c1")
    acknowledged, edited = reply_for(said(Span("Готово"), notice="Подписка " * 50), event, edit=True)
    assert acknowledged.method == "messages.sendMessageEventAnswer"
    assert (acknowledged.params["user_id"], acknowledged.params["peer_id"]) == (1001, 42)
    snackbar = json.loads(acknowledged.params["event_data"])
    assert snackbar["type"] == "show_snackbar"
    assert len(snackbar["text"]) <= 90
    assert (edited.method, edited.params["cmid"], edited.params["message"]) == ("messages.edit", 77, "Готово")
    assert "random_id" not in edited.params
    assert "event_data" not in reply_for(said(Span("Готово")), event)[0].params


def test_an_edit_of_nothing_known_is_a_new_message() -> None:
    """Without the pressed message's id there is nothing to edit."""
    assert methods(reply_for(said(Span("Да")), heard(CHAT), edit=True)) == ["sendMessage"]
    assert methods(reply_for(said(Span("Да")), heard(PEER), edit=True)) == ["messages.send"]


def test_an_event_delivered_twice_is_answered_once() -> None:
    """VK: the random_id comes from the event and the part; parts differ."""
    reply = said(Span("Поезд идёт.\n\n" * 600))
    first = [post.params["random_id"] for post in reply_for(reply, heard(PEER))]
    assert first == [post.params["random_id"] for post in reply_for(reply, heard(PEER))]
    assert len(set(first)) == len(first) == 2
    assert first != [post.params["random_id"] for post in reply_for(reply, replace(heard(PEER), event="e2"))]


def test_a_long_reply_is_cut_at_paragraphs_and_keeps_its_entities() -> None:
    """Each part stands alone: own offsets, no blank ends; the buttons stand under the last."""
    paragraph = (Span("Поезд", bold=True), Span(" идёт на юг 🚆.\n\n"))
    reply = said(*paragraph * 300, buttons=((Button("Ещё", press="/more"),),))
    posts = reply_for(reply, heard(CHAT))
    assert len(posts) > 1
    for post in posts:
        text = post.params["text"]
        assert len(text.encode("utf-16-le")) // 2 <= 4096
        assert text.startswith("Поезд")
        assert text.endswith("🚆.")
        assert {spanned(text, entity) for entity in post.params["entities"]} == {"Поезд"}
        assert len(post.params["entities"]) == text.count("Поезд") <= 100
    assert sum(post.params["text"].count("Поезд") for post in posts) == 300
    assert ["reply_markup" in post.params for post in posts] == [False] * (len(posts) - 1) + [True]


def test_nothing_to_say_is_no_call_at_all() -> None:
    """An empty message would be refused; buttons alone stand under an ellipsis."""
    assert reply_for(said(Span(" \n")), heard(CHAT)) == ()
    assert reply_for(said(), heard(PEER)) == ()
    (post,) = reply_for(said(buttons=((Button("Да", press="/yes"),),)), heard(CHAT))
    assert post.params["text"] == "…"


def test_a_button_that_leads_nowhere_is_left_out() -> None:
    """Too long a command is not cut: it would be another command. An address must be one."""
    rows = (
        (Button("a", press="я" * 33), Button("b", url="javascript:alert(1)"), Button("c")),
        (Button("", press="/ok"),),
    )
    (post,) = reply_for(said(Span("?"), buttons=rows), heard(CHAT))
    assert post.params["reply_markup"] == {"inline_keyboard": [[{"text": "…", "callback_data": "/ok"}]]}
    (post,) = reply_for(said(Span("?"), buttons=rows), heard(PEER))
    assert len(json.loads(post.params["keyboard"])["buttons"]) == 1


@pytest.mark.parametrize(
    ("rows", "expected"),
    [((3, 3), [3, 3]), ((1,) * 8, [2, 2, 2, 2]), ((6,), [2, 2, 2]), ((5, 5, 5), [2, 2, 2, 2, 2])],
)
def test_vk_keyboards_fit_their_grid(rows: tuple[int, ...], expected: list[int]) -> None:
    """At most six rows of five and ten buttons in all; labels of at most 40."""
    drawn = tuple(
        tuple(Button("Очень длинная надпись на кнопке о поездах", press="/x") for _ in range(n)) for n in rows
    )
    (post,) = reply_for(said(Span("?"), buttons=drawn), heard(PEER))
    buttons = json.loads(post.params["keyboard"])["buttons"]
    assert [len(row) for row in buttons] == expected
    assert all(len(button["action"]["label"]) <= 40 for row in buttons for button in row)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\t b\r\n c", "a b c"),
        ("«Да», — сказал он", "«Да», — сказал он"),
        ("цена\xa0растёт", "цена\xa0растёт"),
        ("\u202eabc\u202c\x00", "abc"),
        ("rain,, sun;; end..", "rain, sun; end."),
        ("Really?.", "Really?"),
        ("wait... and ../../x", "wait... and ../../x"),
        ("\ud83d\ude80 и \ud83d", "🚀 и"),
        ("👩\u200d🚀 🏴\U000e0067\U000e0062\U000e007f a\U000e0062", "👩\u200d🚀 🏴\U000e0067\U000e0062\U000e007f a"),
    ],
)
def test_tidy(text: str, expected: str) -> None:
    """One clean line; typography that somebody meant stays."""
    assert tidy(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/a b", "https://x.example/a%20b"),
        ("  http://пример.рф/путь?я=да ", "http://пример.рф/путь?я=да"),
        ("http://x.example/\r\nX: 1", "http://x.example/X:%201"),
        ("https://x.example/%zz|", "https://x.example/%zz%7C"),
        ("tg://resolve?domain=x", None),
        ("///x.example", None),
        ("http://ann@/", None),
        ("https://x.example/" + "a" * 4096, None),
        ("", None),
        (None, None),
    ],
)
def test_web_url(url: str | None, expected: str | None) -> None:
    """Only what a reader can open is a link."""
    assert web_url(url) == expected


def test_neighbours_of_one_style_are_one_entity() -> None:
    """Fewer entities, and no offsets inside a word; blanks at the ends of a span are not covered."""
    text = Text.of([Span(" a", bold=True), Span("b ", bold=True), Span("c")])
    assert (text.plain, text.entities()) == ("ab c", [{"type": "bold", "offset": 0, "length": 2}])


@pytest.mark.parametrize("pad", range(4))
@pytest.mark.parametrize(("place", "limit"), [(CHANNEL, 4096), (WALL, 15_000), (PEER, 4096)])
def test_a_cut_lead_fills_the_room_and_no_more(place: Place, limit: int, pad: int) -> None:
    """The lengths of all the rest are counted exactly, whatever the headline's."""
    article = replace(ARTICLE, headline="Поезд" + "а" * pad, lead="я " * 9000)
    render = message_for if place is PEER else post_for
    params = render(article, place, STYLE).params
    units = len((params.get("text") or params["message"]).encode("utf-16-le")) // 2
    assert limit - 2 <= units <= limit


def test_no_more_entities_than_telegram_keeps() -> None:
    """The first hundred; and links that would take too many bytes are words only."""
    many = Text.of([Span("a", bold=bool(number % 2)) for number in range(300)])
    assert (len(many.plain), len(many.entities())) == (300, 100)
    heavy = Text.of([Span("a ", url=f"https://x.example/{number}" + "b" * 3000) for number in range(5)])
    assert len(heavy.entities()) == 2


def test_line_ends_are_one_character() -> None:
    """However they were written; so that offsets are counted on what is sent."""
    assert clean("a\r\nb\rc\u2028d\x85e") == "a\nb\nc\nd\ne"
