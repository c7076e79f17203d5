using System.Buffers.Binary;
using System.Numerics;

namespace Distribution.BitTorrent.Encryption;

/// <summary>
/// Powers modulo the prime of message stream encryption (RFC 2409's first Oakley group), in twelve words, by Montgomery's products. Takes
/// a different time for different exponents: what it serves hides a protocol from a network, and keeps no secret.
/// </summary>
internal static class Montgomery768
{
    public const int NumberBytes = 96;

    private const int Words = 12;
    private const int WindowBits = 4;

    // Least significant word first.
    private static readonly ulong[] _prime = FromHex(
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
            + "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
            + "4FE1356D6D51C245E485B576625E7EC6F44C42E9A63A36210000000000090563"
    );

    // -1 / prime modulo 2^64, by Newton's steps.
    private static readonly ulong _inverse = NegativeInverse(_prime[0]);

    // 2^768 and 2^1536 modulo the prime.
    private static readonly ulong[] _one = Residue(768);
    private static readonly ulong[] _toMontgomery = Residue(1536);

    public static BigInteger Prime => ToInteger(_prime);

    /// <summary>2 to the power of <paramref name="exponent"/>.</summary>
    /// <param name="exponent">Big-endian.</param>
    /// <param name="result">96 bytes, big-endian.</param>
    public static void PowerOfTwo(ReadOnlySpan<byte> exponent, Span<byte> result)
    {
        Span<ulong> power = stackalloc ulong[Words];
        _one.CopyTo(power);
        foreach (byte part in exponent)
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                Multiply(power, power, power);
                if ((part >> bit & 1) != 0)
                    Double(power);
            }
        }
        Write(power, result);
    }

    /// <summary><paramref name="number"/> to the power of <paramref name="exponent"/>.</summary>
    /// <param name="number">96 bytes, big-endian, below the prime.</param>
    /// <param name="exponent">Big-endian.</param>
    /// <param name="result">96 bytes, big-endian.</param>
    public static void Power(ReadOnlySpan<byte> number, ReadOnlySpan<byte> exponent, Span<byte> result)
    {
        Span<ulong> powers = stackalloc ulong[Words << WindowBits];
        _one.CopyTo(powers);
        Span<ulong> first = powers.Slice(Words, Words);
        Read(number, first);
        Multiply(first, _toMontgomery, first);
        for (int i = 2; i < 1 << WindowBits; i++)
            Multiply(powers.Slice((i - 1) * Words, Words), first, powers.Slice(i * Words, Words));

        Span<ulong> power = stackalloc ulong[Words];
        _one.CopyTo(power);
        foreach (byte part in exponent)
        {
            Raise(power, powers, part >> WindowBits);
            Raise(power, powers, part & (1 << WindowBits) - 1);
        }
        Write(power, result);
    }

    /// <summary>Whether <paramref name="number"/>, 96 bytes, is from 2 to the prime less 2.</summary>
    public static bool IsUsable(ReadOnlySpan<byte> number)
    {
        Span<ulong> value = stackalloc ulong[Words];
        Read(number, value);
        if (!value[1..].ContainsAnyExcept(0ul) && value[0] < 2)
            return false;
        // Not below the prime less 1: the prime is odd, so that differs in the lowest word alone.
        for (int i = Words - 1; i > 0; i--)
        {
            if (value[i] != _prime[i])
                return value[i] < _prime[i];
        }
        return value[0] < _prime[0] - 1;
    }

    private static void Raise(Span<ulong> power, ReadOnlySpan<ulong> powers, int digit)
    {
        for (int bit = 0; bit < WindowBits; bit++)
            Multiply(power, power, power);
        if (digit != 0)
            Multiply(power, powers.Slice(digit * Words, Words), power);
    }

    /// <summary>left × right / 2^768 modulo the prime; all may be the same memory.</summary>
    private static void Multiply(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, Span<ulong> result)
    {
        ReadOnlySpan<ulong> prime = _prime;
        ulong inverse = _inverse;
        Span<ulong> sum = stackalloc ulong[Words + 1];
        sum.Clear();
        ulong top = 0;
        for (int i = 0; i < Words; i++)
        {
            ulong factor = right[i];
            ulong carry = 0;
            for (int j = 0; j < Words; j++)
                sum[j] = MultiplyAdd(left[j], factor, sum[j], ref carry);
            ulong high = sum[Words] + carry;
            top += high < carry ? 1ul : 0;
            sum[Words] = high;

            // Adds the multiple of the prime that clears the lowest word, and moves all down by it.
            ulong multiple = sum[0] * inverse;
            carry = 0;
            MultiplyAdd(prime[0], multiple, sum[0], ref carry);
            for (int j = 1; j < Words; j++)
                sum[j - 1] = MultiplyAdd(prime[j], multiple, sum[j], ref carry);
            high = sum[Words] + carry;
            sum[Words - 1] = high;
            sum[Words] = top + (high < carry ? 1ul : 0);
            top = 0;
        }
        Reduce(sum[..Words], sum[Words], result);
    }

    /// <summary>The low word of left × right + addend + carry; the high word becomes the carry.</summary>
    private static ulong MultiplyAdd(ulong left, ulong right, ulong addend, ref ulong carry)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        low += addend;
        high += low < addend ? 1ul : 0;
        low += carry;
        high += low < carry ? 1ul : 0;
        carry = high;
        return low;
    }

    private static void Double(Span<ulong> number)
    {
        ulong carry = 0;
        for (int i = 0; i < Words; i++)
        {
            ulong word = number[i];
            number[i] = word << 1 | carry;
            carry = word >> 63;
        }
        Reduce(number, carry, number);
    }

    /// <summary>Takes the prime away once if the number with its word above is not below it.</summary>
    private static void Reduce(ReadOnlySpan<ulong> number, ulong above, Span<ulong> result)
    {
        Span<ulong> less = stackalloc ulong[Words];
        ulong borrow = 0;
        for (int i = 0; i < Words; i++)
        {
            ulong word = number[i];
            ulong difference = word - _prime[i];
            ulong next = word < _prime[i] ? 1ul : 0;
            less[i] = difference - borrow;
            borrow = next + (difference < borrow ? 1ul : 0);
        }
        if (above < borrow)
            number.CopyTo(result);
        else
            less.CopyTo(result);
    }

    private static void Read(ReadOnlySpan<byte> bytes, Span<ulong> number)
    {
        for (int i = 0; i < Words; i++)
            number[i] = BinaryPrimitives.ReadUInt64BigEndian(bytes[((Words - 1 - i) * 8)..]);
    }

    /// <summary>Out of Montgomery's form.</summary>
    private static void Write(Span<ulong> number, Span<byte> bytes)
    {
        Span<ulong> one = stackalloc ulong[Words];
        one.Clear();
        one[0] = 1;
        Multiply(number, one, number);
        for (int i = 0; i < Words; i++)
            BinaryPrimitives.WriteUInt64BigEndian(bytes[((Words - 1 - i) * 8)..], number[i]);
    }

    private static ulong NegativeInverse(ulong odd)
    {
        ulong inverse = odd;
        for (int i = 0; i < 5; i++)
            inverse *= 2 - odd * inverse;
        return 0 - inverse;
    }

    private static ulong[] Residue(int powerOfTwo)
    {
        Span<byte> bytes = stackalloc byte[NumberBytes];
        bytes.Clear();
        var residue = BigInteger.ModPow(2, powerOfTwo, Prime);
        byte[] significant = residue.ToByteArray(isUnsigned: true, isBigEndian: true);
        significant.CopyTo(bytes[(NumberBytes - significant.Length)..]);
        var words = new ulong[Words];
        Read(bytes, words);
        return words;
    }

    private static ulong[] FromHex(string digits)
    {
        var words = new ulong[Words];
        Read(Convert.FromHexString(digits), words);
        return words;
    }

    private static BigInteger ToInteger(ReadOnlySpan<ulong> number)
    {
        BigInteger value = BigInteger.Zero;
        for (int i = Words - 1; i >= 0; i--)
            value = (value << 64) + number[i];
        return value;
    }
}
