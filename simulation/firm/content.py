"""Content, by language: firm content and user content share the topics and the demand; both decay, noise hides them."""

from dataclasses import dataclass


@dataclass(slots=True)
class Library:
    """What is written in one language, in topics covered (extensive: for the real market)."""

    topics: float
    firm: float = 0.0
    users: float = 0.0
    noise: float = 0.0  # share of posts that is noise, smoothed

    def add(self, firm_pieces: float, user_pieces: float, decay: float) -> None:
        """Let a week pass: old content loses value, a new piece covers a new topic with chance 1 - covered/topics."""
        self.firm += firm_pieces * (1.0 - self.firm / self.topics) - decay * self.firm
        self.users += user_pieces * (1.0 - self.users / self.topics) - decay * self.users
        self.firm = min(max(self.firm, 0.0), self.topics)
        self.users = min(max(self.users, 0.0), self.topics)

    def muddle(self, noisy: float, useful: float, decay: float) -> None:
        """Move the share of noise toward that of this week's posts."""
        posts = noisy + useful
        self.noise += decay * ((noisy / posts if posts > 0 else 0.0) - self.noise)

    def with_translated(self, others: list["Library"], share: float) -> float:
        """Return the topics that users cover, with ``share`` of what users wrote in other languages translated."""
        missing = 1.0 - self.users / self.topics
        for other in others:
            missing *= 1.0 - share * other.users / other.topics
        return self.topics * (1.0 - missing)

    def visibility(self, users: float, searchability: float, rival: float) -> tuple[float, float]:
        """Return the shares of searches that end at user content, ``users`` topics of it, and at firm content."""
        users *= searchability * (1.0 - self.noise)
        union = users + self.firm - users * self.firm / self.topics
        if union <= 0:
            return 0.0, 0.0
        seen = union / (union + rival)
        return seen * users / (users + self.firm), seen * self.firm / (users + self.firm)

    def coverage(self) -> float:
        """Return the share of topics that anything useful is written about."""
        users = self.users * (1.0 - self.noise)
        return (users + self.firm - users * self.firm / self.topics) / self.topics
