using System.Security.Cryptography;

namespace Distribution.EndToEnd.Tests.Harness;

/// <param name="Sha256">Of the whole file, 64 hexadecimal digits.</param>
internal sealed record TestVideo(string Path, long SizeBytes, string Sha256)
{
    /// <summary>Asserts that a client's file is this one, to the byte.</summary>
    public async Task AssertSameAsync(string path)
    {
        await using FileStream file = File.OpenRead(path);
        Assert.Equal(SizeBytes, file.Length);
        Assert.Equal(Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(file)));
    }
}
