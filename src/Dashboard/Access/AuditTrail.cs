using System.Security.Claims;
using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Access;

/// <summary>Writes what a request did into the audit log, under the name of who sent it.</summary>
internal sealed class AuditTrail(IGrainFactory grains, IHttpContextAccessor http, TimeProvider time)
{
    private const int MaxTextLength = 300;

    /// <summary>An entry about the publisher that the request acts for.</summary>
    public AuditEntry Entry(string action, string subject = "", string detail = "") =>
        Of(action, subject, detail, User?.FindFirst(AccessClaims.Publisher)?.Value, Actor);

    /// <summary>An entry about the server.</summary>
    public AuditEntry ServerEntry(string action, string actor, string subject = "", string detail = "") =>
        Of(action, subject, detail, null, actor);

    /// <summary>An entry about the server by who sent the request.</summary>
    public AuditEntry OperatorEntry(string action, string subject = "") => Of(action, subject, "", null, Actor);

    /// <summary>The name of who sent the request.</summary>
    public string Actor => User?.Identity?.Name ?? "nobody";

    /// <summary>An entry about a publisher by somebody who is not signed in to it yet.</summary>
    public AuditEntry EntryOf(
        string publisherId,
        string actor,
        string action,
        string subject = "",
        string detail = ""
    ) => Of(action, subject, detail, publisherId, actor);

    public Task LogAsync(AuditEntry entry) => grains.GetGrain<IAccountsGrain>(0).LogAsync(entry);

    private ClaimsPrincipal? User => http.HttpContext?.User;

    private AuditEntry Of(string action, string subject, string detail, string? publisherId, string actor) =>
        new()
        {
            At = time.GetUtcNow(),
            PublisherId = publisherId,
            Actor = Short(actor),
            Action = action,
            Subject = Short(subject),
            Detail = Short(detail),
            Address = http.HttpContext?.Connection.RemoteIpAddress?.ToString() ?? "",
        };

    private static string Short(string text) => text.Length <= MaxTextLength ? text : text[..MaxTextLength];
}
