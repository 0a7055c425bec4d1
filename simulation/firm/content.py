"""Content, by language: firm content and user content share the topics and the demand; both decay, noise hides them."""

from simulation.compiled import part
from simulation.firm.ledger import bill
from simulation.firm.levers import COMMUNITY_TEAM
from simulation.firm.spending import sat
from simulation.scenario.firm import TASKS

MODERATION, TRANSLATION = TASKS.index("moderation"), TASKS.index("translation")


@part
def add(library, firm_pieces, user_pieces, decay):
    """Let a week pass: old content loses value, a new piece covers a new topic with chance 1 - covered/topics."""
    topics = library.topics
    firm = library.firm + (firm_pieces * (1.0 - library.firm / topics) - decay * library.firm)
    users = library.users + (user_pieces * (1.0 - library.users / topics) - decay * library.users)
    library.firm = min(max(firm, 0.0), topics)
    library.users = min(max(users, 0.0), topics)


@part
def muddle(library, noisy, useful, decay):
    """Move the share of noise toward that of this week's posts."""
    posts = noisy + useful
    library.noise += decay * ((noisy / posts if posts > 0 else 0.0) - library.noise)


@part
def translated(said):
    """Return the share of what is written in other languages that the team's hours translate; 0 where there is one language."""
    n = said.libraries.size
    return sat(said.firm.hours[TRANSLATION] / n, said.world.prices.translation_hours) if n > 1 else 0.0


@part
def content_of_others(said):
    """Return the topics that others cover: whoever is no named rival, and the rivals that are there."""
    topics = said.world.market.content_of_others
    for k in range(said.rivals.size):
        topics += said.rivals[k].present * said.rivals[k].content
    return topics


@part
def visibility(language, into, said):
    """Return the shares of searches that end at user content, translated content included, and at firm content."""
    libraries = said.libraries
    library = libraries[language]
    users = library.users
    if into > 0.0:
        missing = 1.0 - library.users / library.topics
        for other in range(libraries.size):
            if other != language:
                missing *= 1.0 - into * libraries[other].users / libraries[other].topics
        users = library.topics * (1.0 - missing)
    users *= said.world.platform.searchability * (1.0 - library.noise)
    union = users + library.firm - users * library.firm / library.topics
    if union <= 0:
        return 0.0, 0.0
    seen = union / (union + content_of_others(said))
    return seen * users / (users + library.firm), seen * library.firm / (users + library.firm)


@part
def coverage(library):
    """Return the share of topics that anything useful is written about."""
    users = library.users * (1.0 - library.noise)
    return (users + library.firm - users * library.firm / library.topics) / library.topics


@part
def seed(said):
    """Seed the community with content before it opens; the pieces are billed."""
    launch, libraries = said.world.motion.launch, said.libraries
    for k in range(libraries.size):
        pieces = launch.seed_pieces * libraries[k].topics * libraries[k].share
        add(libraries[k], said.world.behaviour.attraction.firm_content * pieces, 0.0, 0.0)
        bill(COMMUNITY_TEAM, pieces * said.world.prices.seed_piece_usd, said.firm)


@part
def publish(language, user_pieces, posts, members, said):
    """Let a week of content in one language pass; counts are for the real market."""
    b, prices, firm, library = said.world.behaviour, said.world.prices, said.firm, said.libraries[language]
    useful = b.attraction.firm_content * firm.pieces
    hours = (firm.moderation_hours + said.firm.hours[MODERATION]) * said.world.platform.brand_control
    add(library, useful * library.share, user_pieces, b.advocacy.content_decay_per_week)
    noisy = b.help.noise_per_post * said.world.platform.noise * posts + said.world.outside.spam * members
    removed = b.help.moderation * min(noisy, library.share * hours / prices.moderation_hours)
    muddle(library, noisy - removed, posts, b.help.noise_decay_per_week)
