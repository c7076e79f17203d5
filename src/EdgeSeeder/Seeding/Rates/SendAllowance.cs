namespace Distribution.EdgeSeeder.Seeding.Rates;

/// <summary>What a connection may send at once under the limits of its node, its swarm and its own.</summary>
/// <param name="mostBytes">In one go, whatever the limits say.</param>
internal readonly struct SendAllowance(TokenBucket node, TokenBucket swarm, TokenBucket peer, int mostBytes)
{
    private const int LeastBytes = 16 * 1024;

    /// <summary>The timestamp at which all limits let something go.</summary>
    public long FreeAt => Math.Max(node.FreeAt, Math.Max(swarm.FreeAt, peer.FreeAt));

    /// <summary>
    /// A thousandth of a second of what many share, so that all have their turns; a twentieth of what is the connection's own, so that it
    /// costs few calls. At least one block.
    /// </summary>
    public int Bytes =>
        Math.Min(
            Share(node.BytesPerSecond, 1000),
            Math.Min(Share(swarm.BytesPerSecond, 1000), Share(peer.BytesPerSecond, 20))
        );

    public void Take(long bytes)
    {
        node.Take(bytes);
        swarm.Take(bytes);
        peer.Take(bytes);
    }

    private int Share(long bytesPerSecond, int parts) =>
        bytesPerSecond == 0 ? mostBytes : (int)Math.Clamp(bytesPerSecond / parts, LeastBytes, mostBytes);
}
