using System.Text.Json.Serialization;

namespace Distribution.Dashboard.Api;

/// <summary>What is held out. Other fields are refused.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HoldoutResource
{
    /// <summary>Of the viewers of each of the publisher's files, so many are kept from peers: 0 to 50; 0: nobody is, and nothing compared.</summary>
    public required int Percent { get; init; }
}
