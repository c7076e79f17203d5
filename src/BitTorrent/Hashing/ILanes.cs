using System.Diagnostics.CodeAnalysis;

namespace Distribution.BitTorrent.Hashing;

/// <summary>
/// What a hash function is made of, on a vector that holds a 32-bit word of a message in each of its lanes. Its users are compiled once for
/// each kind of vector, with these in line.
/// </summary>
internal interface ILanes<TVector>
    where TVector : unmanaged
{
    static abstract TVector Add(TVector x, TVector y);

    static abstract TVector Xor(TVector x, TVector y);

    static abstract TVector Xor(TVector x, TVector y, TVector z);

    /// <summary>Bit by bit: where <paramref name="x"/> has a one that of <paramref name="y"/>, else that of <paramref name="z"/>.</summary>
    static abstract TVector Choose(TVector x, TVector y, TVector z);

    /// <summary>Bit by bit what two of them have at least.</summary>
    static abstract TVector Majority(TVector x, TVector y, TVector z);

    static abstract TVector RotateLeft(TVector x, [ConstantExpected] byte bits);

    static abstract TVector ShiftRight(TVector x, [ConstantExpected] byte bits);

    /// <summary>The same word in every lane.</summary>
    static abstract TVector All(uint word);

    /// <summary>Reads the next 64 bytes of each message, big-endian, and turns messages of words into words of messages.</summary>
    /// <param name="messages">One for each lane.</param>
    /// <param name="words">Takes 16 vectors.</param>
    static abstract unsafe void Load(byte** messages, nint offsetBytes, TVector* words);
}
