# Groups, channels, and how much one may ask for.

group-admins-only =
    Only the group's admins change its subscriptions.
    If you are one, make me an admin too, so that I can see it. Or write to me in private, and the subscriptions are yours.
group-admins-only-notice = Only the group's admins can do this
rights-unknown = I can't find out right now who is an admin. Please try again in a minute.
aimed = For “{ $chat }”:
aimed-not-admin = I don't see you among the admins of { $chat }. Add me there as an admin, and check the name: /subscribe @channel Science
aimed-no-right = { $kind ->
    [channel] I can't write in { $chat }. Make me an admin there who may post messages, and type the command again.
   *[other] I can't write in { $chat }. Add me there and let me write, and type the command again.
}
aimed-ours = { $chat } is run by the newsroom: it gets the articles without a subscription.
too-fast = You are too fast for me. Please wait some seconds, and I will answer again.
too-fast-notice = Too fast. Please wait some seconds
