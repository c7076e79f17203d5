namespace Distribution.Silos.Announces;

/// <summary>The keys of one minute, for the packets of one batch.</summary>
internal sealed class UdpConnectionKeys(long period, byte[] current, byte[] previous, byte[] next)
{
    public long Period { get; } = period;

    public byte[] Current { get; } = current;

    /// <param name="address">4 or 16 bytes.</param>
    public ulong Issue(ReadOnlySpan<byte> address) => SipHash.Compute(Current, address);

    public bool IsValid(ulong connectionId, ReadOnlySpan<byte> address) =>
        connectionId == SipHash.Compute(Current, address)
        || connectionId == SipHash.Compute(previous, address)
        // Of another silo, whose clock is ahead.
        || connectionId == SipHash.Compute(next, address);
}
