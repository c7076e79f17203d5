namespace Distribution.EdgeSeeder.Seeding;

/// <summary>The start of a frame whose rest has not come yet. Holds memory only meanwhile, and grows with each frame once.</summary>
internal sealed class KeptInput
{
    /// <summary>Of a longer frame the rest is received where its start is; of a shorter one together with what follows.</summary>
    private const int LongFrameBytes = 4096;

    private byte[] _buffer = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    public bool IsLong => _buffer.Length > LongFrameBytes;

    /// <summary>Where the rest of a long frame belongs.</summary>
    public Span<byte> Rest => _buffer.AsSpan(Length);

    /// <summary>Keeps what is left over, of a frame of so many bytes.</summary>
    public void Keep(ReadOnlySpan<byte> left, int frameBytes)
    {
        if (left.IsEmpty)
        {
            Clear();
            return;
        }
        int size = Math.Max(left.Length, frameBytes);
        if (size > _buffer.Length || (IsLong && size <= LongFrameBytes))
        {
            byte[] larger = GC.AllocateUninitializedArray<byte>(size);
            left.CopyTo(larger);
            _buffer = larger;
        }
        else
            left.CopyTo(_buffer);
        Length = left.Length;
    }

    /// <summary>Takes in what was received into <see cref="Rest"/>. True: the frame is whole.</summary>
    public bool Grow(int count)
    {
        Length += count;
        return Length == _buffer.Length;
    }

    public void Clear() => (_buffer, Length) = ([], 0);
}
