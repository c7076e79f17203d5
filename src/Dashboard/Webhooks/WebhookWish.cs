using System.Text.Json.Serialization;

namespace Distribution.Dashboard.Webhooks;

/// <summary>What a webhook should be; of a change, a field left out stays as it is. Other fields are refused.</summary>
/// <param name="Url">Where events are sent, http or https.</param>
/// <param name="Events">Which; "*" stands for all that there are now.</param>
/// <param name="Note">What it is for; at most 100 characters.</param>
/// <param name="Enabled">Whether events are sent; default true.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record WebhookWish(string? Url, IReadOnlyList<string>? Events, string? Note, bool? Enabled);
