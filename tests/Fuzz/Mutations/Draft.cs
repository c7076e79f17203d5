namespace Distribution.Fuzz.Mutations;

/// <summary>An input while it is being made, in a buffer that is used again.</summary>
internal sealed class Draft(int mostBytes)
{
    private readonly byte[] _bytes = new byte[mostBytes];

    public int Length { get; private set; }

    public Span<byte> Bytes => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public void Set(ReadOnlySpan<byte> bytes)
    {
        Length = Math.Min(bytes.Length, _bytes.Length);
        bytes[..Length].CopyTo(_bytes);
    }

    /// <summary>Puts other bytes in the place of some; what does not fit is cut.</summary>
    public void Replace(int start, int count, ReadOnlySpan<byte> with)
    {
        byte[] rest = _bytes.AsSpan(start + count, Length - start - count).ToArray();
        int taken = Math.Min(with.Length, _bytes.Length - start);
        with[..taken].CopyTo(_bytes.AsSpan(start));
        int kept = Math.Min(rest.Length, _bytes.Length - start - taken);
        rest.AsSpan(0, kept).CopyTo(_bytes.AsSpan(start + taken));
        Length = start + taken + kept;
    }

    public void Cut(int length) => Length = Math.Min(Length, length);
}
