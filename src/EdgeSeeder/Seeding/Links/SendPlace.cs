using System.Runtime.InteropServices;

namespace Distribution.EdgeSeeder.Seeding.Links;

/// <summary>Bytes at an address: struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SendPlace(byte* address, int lengthBytes)
{
    public byte* Address = address;
    public nuint LengthBytes = (nuint)lengthBytes;

    /// <summary>Bytes in all places.</summary>
    public static long Sum(ReadOnlySpan<SendPlace> places)
    {
        long sum = 0;
        foreach (SendPlace place in places)
            sum += (long)place.LengthBytes;
        return sum;
    }
}
