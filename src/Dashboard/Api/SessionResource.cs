using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Access;

namespace Distribution.Dashboard.Api;

/// <param name="Way">How it was opened: "link", "password", "passkey", "openid" or "invitation".</param>
/// <param name="Browser">As far as it says what it is; empty: not at all.</param>
/// <param name="LastSeenAt">To the minute.</param>
/// <param name="IsCurrent">It is the one that asks.</param>
internal sealed record SessionResource(
    string Id,
    string Way,
    string Browser,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastSeenAt,
    bool IsCurrent
)
{
    public static SessionResource Of(OpenSession session, string currentId) =>
        new(
            session.Id,
            session.Way,
            BrowserText.Of(session.Browser),
            session.CreatedAt,
            session.LastSeenAt,
            session.Id == currentId
        );
}
