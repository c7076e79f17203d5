using System.Buffers;
using System.Net;
using Distribution.Contracts.PlainHttp;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Silos.Tests.Announces.Plain;

/// <summary>What a handler writes for a client at 127.0.0.1.</summary>
internal sealed class PlainReply(bool keepsAlive) : IPlainReply
{
    public ArrayBufferWriter<byte> Written { get; } = new();

    public ReadOnlySpan<byte> AddressBytes => [127, 0, 0, 1];

    public IPAddress Address => IPAddress.Loopback;

    public bool KeepsAlive => keepsAlive;

    public object? Memo { get; set; }

    public void SendFile(SafeFileHandle file, long offset, long length, IPlainBody body) =>
        throw new InvalidOperationException("A tracker sends no file.");

    public void WaitFor(Task task) => throw new InvalidOperationException("A tracker asks nobody here.");

    public void Advance(int count) => Written.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => Written.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => Written.GetSpan(sizeHint);
}
