namespace Distribution.Contracts.Metering;

/// <summary>
/// The slots of one key, one for each writer that has added to it: so what a slot holds before a send and after it is known, whoever else sends to the
/// same receiver.
/// </summary>
internal sealed class SendSlots
{
    private readonly Lock _gate = new();
    private SendSlot?[] _byWriter = [];

    /// <summary>All of them together.</summary>
    public long Read()
    {
        long sum = 0;
        foreach (SendSlot? slot in Volatile.Read(ref _byWriter))
            sum += slot?.Read() ?? 0;
        return sum;
    }

    /// <summary>A writer's own.</summary>
    public SendSlot Of(int writer, Func<SendSlot> allocate)
    {
        lock (_gate)
        {
            if (writer >= _byWriter.Length)
            {
                var longer = new SendSlot?[writer + 1];
                _byWriter.CopyTo(longer, 0);
                Volatile.Write(ref _byWriter, longer);
            }
            return _byWriter[writer] ??= allocate();
        }
    }

    /// <summary>Takes over one that a process before has left, for whichever writer has none.</summary>
    public void Take(SendSlot slot)
    {
        lock (_gate)
        {
            int writer = Array.IndexOf(_byWriter, null);
            Of(writer < 0 ? _byWriter.Length : writer, () => slot);
        }
    }

    /// <summary>Hands all of them to <paramref name="release"/>.</summary>
    public void Release(Action<SendSlot> release)
    {
        lock (_gate)
        {
            foreach (SendSlot? slot in _byWriter)
            {
                if (slot is not null)
                    release(slot);
            }
        }
    }
}
