using System.Text.Json;
using System.Text.Json.Serialization;
using Distribution.Contracts.Files;
using Distribution.Dashboard.Api;

namespace Distribution.Dashboard.Settings;

/// <summary>All that a publisher sets. Other fields are refused.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SettingsWish
{
    /// <summary>Of files that are uploaded or imported from now on.</summary>
    [JsonConverter(typeof(LowerCaseEnumConverter<PeerPolicy>))]
    public required PeerPolicy DefaultPolicy { get; init; }

    /// <summary>Under which reports are reckoned, as docs/operations.md tells; null: the server's.</summary>
    public required JsonElement? Contract { get; init; }
}
