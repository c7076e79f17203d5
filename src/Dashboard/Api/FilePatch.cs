using System.Text.Json.Serialization;
using Distribution.Contracts.Files;

namespace Distribution.Dashboard.Api;

/// <summary>What may be changed of a file; a field left out stays as it is. Other fields are refused.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FilePatch
{
    /// <summary>1 to 200 characters.</summary>
    public string? Title { get; init; }

    [JsonConverter(typeof(LowerCaseEnumConverter<PeerPolicy>))]
    public PeerPolicy? Policy { get; init; }
}
