using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Files;

namespace Distribution.Dashboard.Api;

/// <summary>What a publisher has set.</summary>
internal sealed record SettingsResource
{
    /// <summary>Of files that are uploaded or imported from now on.</summary>
    [JsonConverter(typeof(LowerCaseEnumConverter<PeerPolicy>))]
    public required PeerPolicy DefaultPolicy { get; init; }

    /// <summary>Under which reports are reckoned, as docs/operations.md tells; null: the server's.</summary>
    public required JsonNode? Contract { get; init; }

    public static SettingsResource Of(PublisherSettings settings) =>
        new()
        {
            DefaultPolicy = settings.DefaultPolicy,
            Contract = settings.Contract is { } json ? JsonNode.Parse(json) : null,
        };
}
