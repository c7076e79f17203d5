using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;

namespace Distribution.Ingest.Uploads.Checksums;

/// <summary>A request body that is hashed while somebody else reads it. Nothing of it is kept.</summary>
internal sealed class HashedBody : PipeReader, IDisposable
{
    private readonly PipeReader _body;
    private readonly (string Algorithm, IncrementalHash Hash)[] _hashes;
    private ReadOnlySequence<byte> _unread;

    public HashedBody(PipeReader body, IReadOnlyList<string> algorithms)
    {
        _body = body;
        _hashes = [.. algorithms.Select(algorithm => (algorithm, UploadChecksum.Begin(algorithm)))];
    }

    /// <summary>True where the bytes that were consumed so far have this checksum.</summary>
    public bool Matches(UploadChecksum checksum) =>
        CryptographicOperations.FixedTimeEquals(
            _hashes.Single(hash => hash.Algorithm == checksum.Algorithm).Hash.GetCurrentHash(),
            checksum.Digest
        );

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ReadResult result = await _body.ReadAsync(cancellationToken);
        _unread = result.Buffer;
        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!_body.TryRead(out result))
            return false;
        _unread = result.Buffer;
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        foreach (ReadOnlyMemory<byte> segment in _unread.Slice(0, consumed))
        {
            foreach ((_, IncrementalHash hash) in _hashes)
                hash.AppendData(segment.Span);
        }
        _unread = default;
        _body.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => _body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _body.Complete(exception);

    public void Dispose()
    {
        foreach ((_, IncrementalHash hash) in _hashes)
            hash.Dispose();
    }
}
