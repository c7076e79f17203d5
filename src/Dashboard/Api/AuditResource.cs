using Distribution.Contracts.Accounts;

namespace Distribution.Dashboard.Api;

/// <param name="Action">A stable word, such as "file.unpublished".</param>
/// <param name="Subject">An id of what it was done to; may be empty.</param>
/// <param name="Address">Of the connection that it came by; may be empty.</param>
internal sealed record AuditResource(
    long Number,
    DateTimeOffset At,
    string? PublisherId,
    string Actor,
    string Action,
    string Subject,
    string Detail,
    string Address
)
{
    public static AuditResource Of(AuditEntry entry) =>
        new(
            entry.Number,
            entry.At,
            entry.PublisherId,
            entry.Actor,
            entry.Action,
            entry.Subject,
            entry.Detail,
            entry.Address
        );
}
