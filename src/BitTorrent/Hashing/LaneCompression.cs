using System.Runtime.Intrinsics;

namespace Distribution.BitTorrent.Hashing;

/// <summary>
/// The inner functions of SHA-1 and SHA-256, as <see cref="Compression"/>, of several messages side by side: one in each lane of the
/// processor's vectors. A message by itself gains nothing.
/// </summary>
internal abstract unsafe class LaneCompression(int lanes)
{
    /// <summary>What vectors must begin at a multiple of: else every access of a 512-bit one touches two cache lines.</summary>
    public const int AlignmentBytes = 64;

    /// <summary>The most messages at a time of any.</summary>
    public const int MaxLanes = Lanes512.Count;

    /// <summary>Those that this processor can do, the wide one first.</summary>
    public static IReadOnlyList<LaneCompression> Supported { get; } = Find();

    /// <summary>So many messages go side by side.</summary>
    public int Lanes { get; } = lanes;

    /// <param name="words">Chaining values: word by word, of each those of all lanes. Aligned.</param>
    /// <param name="messages">Where each message is; two lanes may have the same.</param>
    /// <param name="lengthBytes">Of each message: a multiple of 64.</param>
    public abstract void Compress(ResumableHashKind kind, uint* words, byte** messages, nint lengthBytes);

    private static LaneCompression[] Find()
    {
        var found = new List<LaneCompression>();
        if (Lanes512.IsSupported)
            found.Add(new Of<Vector512<uint>, Lanes512>(Lanes512.Count));
        if (Lanes256.IsSupported)
            found.Add(new Of<Vector256<uint>, Lanes256>(Lanes256.Count));
        return [.. found];
    }

    private sealed class Of<TVector, TLanes>(int lanes) : LaneCompression(lanes)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        public override void Compress(ResumableHashKind kind, uint* words, byte** messages, nint lengthBytes)
        {
            if (kind == ResumableHashKind.Sha1)
                Sha1Lanes<TVector, TLanes>.Compress((TVector*)words, messages, lengthBytes);
            else
                Sha256Lanes<TVector, TLanes>.Compress((TVector*)words, messages, lengthBytes);
        }
    }
}
