using System.Runtime.CompilerServices;

namespace Distribution.BitTorrent.Hashing;

/// <summary>Room on the stack for the chaining values of all lanes.</summary>
[InlineArray(Compression.Sha256Words * LaneCompression.MaxLanes + LaneCompression.AlignmentBytes / sizeof(uint))]
internal struct LaneWords
{
    private uint _first;

    /// <summary>Where they begin: aligned as vectors want it. The variable must be a local one, that does not move.</summary>
    public unsafe uint* Align()
    {
        var address = (nint)Unsafe.AsPointer(ref _first);
        return (uint*)((address + LaneCompression.AlignmentBytes - 1) & -LaneCompression.AlignmentBytes);
    }
}
