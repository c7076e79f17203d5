using System.Diagnostics.CodeAnalysis;

namespace Distribution.Standalone.Client;

/// <summary>A value, or the reason why there is none.</summary>
internal readonly struct Answer<T>
{
    private readonly T? _value;
    private readonly Failure? _failure;

    public Answer(T value)
        : this(value, null) { }

    private Answer(T? value, Failure? failure)
    {
        _value = value;
        _failure = failure;
    }

    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Failure? failure)
    {
        value = _value;
        failure = _failure;
        return failure is null;
    }

    public static implicit operator Answer<T>(T value) => new(value, null);

    public static implicit operator Answer<T>(Failure failure) => new(default, failure);
}
