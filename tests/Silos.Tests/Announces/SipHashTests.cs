using Distribution.Silos.Announces;

namespace Distribution.Silos.Tests.Announces;

public sealed class SipHashTests
{
    // The reference implementation's vectors: key 00 01 … 0f, message 00 01 … of so many bytes.
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31)]
    [InlineData(1, 0x74f839c593dc67fd)]
    [InlineData(8, 0x93f5f5799a932462)]
    [InlineData(15, 0xa129ca6149be45e5)]
    public void Is_the_published_function(int length, ulong expected)
    {
        byte[] bytes = [.. Enumerable.Range(0, 16).Select(static i => (byte)i)];

        Assert.Equal(expected, SipHash.Compute(bytes, bytes.AsSpan(0, length)));
    }
}
