using Distribution.Contracts.Accounts;

namespace Distribution.Dashboard.Api;

/// <param name="Members">How many.</param>
/// <param name="OwnerInvitation">Only in the answer that made it: the link for its first owner.</param>
internal sealed record PublisherResource(
    string Id,
    string Name,
    DateTimeOffset CreatedAt,
    int Members,
    string? OwnerInvitation
)
{
    public static PublisherResource Of(Publisher publisher) =>
        new(publisher.Id, publisher.Name, publisher.CreatedAt, publisher.Members, null);
}
