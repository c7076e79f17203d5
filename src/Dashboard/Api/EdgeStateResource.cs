using System.Text.Json.Serialization;
using Distribution.Contracts.Edges;

namespace Distribution.Dashboard.Api;

/// <summary>What the operator wants of an edge node. What it does meanwhile is another matter, and changes all the time.</summary>
internal sealed record EdgeStateResource
{
    [JsonConverter(typeof(LowerCaseEnumConverter<EdgeNodeState>))]
    public required EdgeNodeState State { get; init; }
}
