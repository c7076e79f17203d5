using Distribution.Contracts.Edges;

namespace Distribution.Silos.Edges.Fleet;

/// <summary>What of the fleet is durable: who may report, by which key, and what operators want of it. Every change is a new state.</summary>
public sealed record FleetState
{
    /// <summary>Tokens that wait; beyond, the oldest go.</summary>
    public const int MaxTokens = 1000;

    private const int DigestLength = 64;

    public IReadOnlyList<EnrolledNode> Nodes { get; init; } = [];

    public IReadOnlyList<EnrolmentToken> Tokens { get; init; } = [];

    public FleetState WithToken(EnrolmentToken token, DateTimeOffset now) =>
        this with
        {
            Tokens = [.. Tokens.Where(one => one.ExpiresAt > now).TakeLast(MaxTokens - 1), token],
        };

    /// <summary>This state with the node taken in. The same once more changes nothing.</summary>
    /// <param name="refusal">Why it stays as it is, for people; null: the node is in.</param>
    public FleetState WithNode(EdgeEnrolment enrolment, DateTimeOffset now, out string? refusal)
    {
        refusal = null;
        if (!HeartbeatCheck.IsNodeId(enrolment.NodeId))
            refusal = "A node id has 1 to 64 lower-case letters, digits, dots, hyphens and underscores.";
        else if (enrolment.KeyDigest.Length != DigestLength || !enrolment.KeyDigest.All(char.IsAsciiHexDigitLower))
            refusal = "The key's digest is not 64 hexadecimal digits in lower case.";
        if (refusal is not null)
            return this;
        string token = EdgeNodeKey.DigestOf(enrolment.Token);
        EnrolledNode? known = Find(enrolment.NodeId);
        if (known is { State: not EdgeNodeState.Retired } && known.TokenDigest == token)
        {
            refusal = known.KeyDigest == enrolment.KeyDigest ? null : "The token was used for another key.";
            return this;
        }
        if (!Tokens.Any(one => one.Digest == token && one.ExpiresAt > now))
            refusal = "The token is not known, was used, or has expired.";
        else if (known is { State: EdgeNodeState.Retired })
            refusal = "A node of this id was retired; a new one needs another id.";
        else if (known?.KeyDigest is not null)
            refusal = "A node of this id is enrolled already.";
        if (refusal is not null)
            return this;
        var node = new EnrolledNode(
            enrolment.NodeId,
            enrolment.KeyDigest,
            token,
            known?.State ?? EdgeNodeState.Active,
            now
        );
        return With(node) with { Tokens = [.. Tokens.Where(one => one.Digest != token)] };
    }

    /// <summary>What the operator wants of a node, which need not be enrolled. Retired, it has no key any more.</summary>
    public FleetState WithState(string nodeId, EdgeNodeState state, DateTimeOffset now)
    {
        EnrolledNode node = Find(nodeId) ?? new EnrolledNode(nodeId, null, null, EdgeNodeState.Active, now);
        return node.State == state
            ? this
            : With(node with { State = state, KeyDigest = state == EdgeNodeState.Retired ? null : node.KeyDigest });
    }

    /// <summary>Null: neither enrolled nor spoken of.</summary>
    public EnrolledNode? Find(string nodeId) => Nodes.FirstOrDefault(node => node.NodeId == nodeId);

    private FleetState With(EnrolledNode changed) =>
        this with
        {
            Nodes = [.. Nodes.Where(node => node.NodeId != changed.NodeId), changed],
        };
}
