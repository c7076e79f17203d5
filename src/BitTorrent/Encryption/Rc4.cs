using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distribution.BitTorrent.Encryption;

/// <summary>The RC4 keystream of one direction, without its first 1024 bytes. Hides a protocol; protects nothing.</summary>
public sealed class Rc4
{
    /// <summary>So many bytes of the keystream are thrown away at the start.</summary>
    public const int DiscardedBytes = 1024;

    private const int States = 256;

    // Words, though each holds a byte: a load of what was just stored then waits less.
    private readonly uint[] _state = new uint[States];
    private byte _i;
    private byte _j;

    /// <param name="key">1 to 256 bytes.</param>
    public Rc4(ReadOnlySpan<byte> key)
        : this(key, DiscardedBytes) { }

    internal Rc4(ReadOnlySpan<byte> key, int discardedBytes)
    {
        for (int i = 0; i < States; i++)
            _state[i] = (uint)i;
        byte j = 0;
        for (int i = 0; i < States; i++)
        {
            j += (byte)(_state[i] + key[i % key.Length]);
            (_state[i], _state[j]) = (_state[j], _state[i]);
        }
        Skip(discardedBytes);
    }

    /// <summary>Encrypts or decrypts.</summary>
    /// <param name="destination">As long as <paramref name="source"/>, or longer; may be the same memory.</param>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        destination = destination[..source.Length];
        // A byte is always a place in the state, so nothing is checked again for each one.
        ref uint state = ref MemoryMarshal.GetArrayDataReference(_state);
        uint i = _i;
        uint j = _j;
        int at = 0;
        if (BitConverter.IsLittleEndian)
        {
            // The text is read and written eight bytes at a time, beside the state's own memory traffic.
            ref byte from = ref MemoryMarshal.GetReference(source);
            ref byte to = ref MemoryMarshal.GetReference(destination);
            for (; at <= source.Length - sizeof(ulong); at += sizeof(ulong))
            {
                ulong key = 0;
                for (int shift = 0; shift < 64; shift += 8)
                {
                    i = (byte)(i + 1);
                    uint low = Unsafe.Add(ref state, i);
                    j = (byte)(j + low);
                    uint high = Unsafe.Add(ref state, j);
                    Unsafe.Add(ref state, i) = high;
                    Unsafe.Add(ref state, j) = low;
                    key |= (ulong)Unsafe.Add(ref state, (uint)(byte)(low + high)) << shift;
                }
                ulong text = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, at));
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), text ^ key);
            }
        }
        for (; at < source.Length; at++)
        {
            i = (byte)(i + 1);
            uint low = Unsafe.Add(ref state, i);
            j = (byte)(j + low);
            uint high = Unsafe.Add(ref state, j);
            Unsafe.Add(ref state, i) = high;
            Unsafe.Add(ref state, j) = low;
            destination[at] = (byte)(source[at] ^ Unsafe.Add(ref state, (uint)(byte)(low + high)));
        }
        _i = (byte)i;
        _j = (byte)j;
    }

    /// <summary>Passes over bytes that nobody wants to read.</summary>
    public void Skip(int count)
    {
        Span<byte> waste = stackalloc byte[States];
        for (; count > 0; count -= States)
        {
            Span<byte> part = waste[..Math.Min(count, States)];
            Apply(part, part);
        }
    }
}
