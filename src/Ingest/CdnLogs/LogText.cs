using System.IO.Compression;
using System.Security.Cryptography;

namespace Distribution.Ingest.CdnLogs;

/// <summary>
/// The text of an access log, packed by gzip or not, as whole lines; the hash of all lines so far goes along. A last line without a newline
/// is still being written and does not show up.
/// </summary>
internal sealed class LogText(Stream file) : IAsyncDisposable
{
    private const int Ahead = 256 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[Ahead];
    private Stream? _text;
    private int _start;
    private int _end;
    private long _taken;

    // Where an endless line begins, while its end is not in sight.
    private (long Offset, string Hash)? _before;

    /// <summary>Of the text up to the end of <see cref="Line"/>.</summary>
    public long Offset => _before?.Offset ?? _taken;

    /// <summary>Without its newline, and of an endless line the first bytes alone; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>SHA-256 of the text up to <see cref="Offset"/>, 64 hexadecimal digits.</summary>
    public string Hash => _before?.Hash ?? Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>False: there is no further whole line now.</summary>
    /// <exception cref="InvalidDataException">Likewise <see cref="EndOfStreamException"/>: the packed file is damaged or cut off there.</exception>
    public async ValueTask<bool> MoveNextAsync(CancellationToken stop)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                Take(length + 1);
                if (_before is null)
                    Line = _buffer.AsMemory(_start - length - 1, length);
                _before = null;
                return true;
            }
            if (_end - _start == _buffer.Length)
            {
                // Longer than any line may be: hashed and let go, so that memory stays bounded.
                _before ??= (Offset, Hash);
                Line = _buffer.AsMemory(0, AccessLogReader.MaxLineBytes + 1).ToArray();
                Take(_end - _start);
            }
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            _text ??= await UnpackAsync(stop);
            int read = await _text.ReadAsync(_buffer.AsMemory(_end), stop);
            if (read == 0)
                return false;
            _end += read;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        if (_text is not null)
            await _text.DisposeAsync();
        await file.DisposeAsync();
    }

    private void Take(int bytes)
    {
        _hash.AppendData(_buffer, _start, bytes);
        _start += bytes;
        _taken += bytes;
    }

    /// <summary>By the file's first two bytes (RFC 1952), whatever its name.</summary>
    private async Task<Stream> UnpackAsync(CancellationToken stop)
    {
        var magic = new byte[2];
        int read = await file.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, stop);
        var whole = new PrefixedStream(magic.AsMemory(0, read), file);
        return read == 2 && magic[0] == 0x1f && magic[1] == 0x8b
            ? new GZipStream(whole, CompressionMode.Decompress)
            : whole;
    }
}
