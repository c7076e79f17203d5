using Distribution.Contracts.Ledgers.Chain;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>The lines of an export file, one at a time in a buffer of fixed size.</summary>
public sealed class ChainLines(Stream file)
{
    private readonly byte[] _buffer = new byte[2 * (ChainLineReader.MaxLineBytes + 2)];
    private int _start;
    private int _end;
    private bool _isOver;

    /// <summary>Without its newline; valid until the next call. A line that is too long for any reader comes cut, and still too long.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>False: there are no more lines.</summary>
    public async ValueTask<bool> MoveNextAsync(CancellationToken stop)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                Take(length, 1);
                return true;
            }
            if (_end - _start > ChainLineReader.MaxLineBytes)
            {
                Take(_end - _start, 0);
                return true;
            }
            if (_isOver)
            {
                Take(_end - _start, 0);
                return Current.Length > 0;
            }
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            int read = await file.ReadAsync(_buffer.AsMemory(_end), stop);
            _isOver = read == 0;
            _end += read;
        }
    }

    private void Take(int length, int newline)
    {
        Current = _buffer.AsMemory(_start, length);
        _start += length + newline;
    }
}
