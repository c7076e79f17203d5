using System.Text.Json.Serialization;

namespace Distribution.Dashboard.Api;

/// <summary>What a collection is to hold. Other fields are refused.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CollectionWish
{
    /// <summary>Ids of files of the publisher, 1 to 1000; those that are left out are in it no more.</summary>
    public required IReadOnlyList<string> Files { get; init; }
}
